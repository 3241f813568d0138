using Authorisation.Core;

namespace Authorisation.Provisioning;

/// <summary>An operator to be created; the meanings are those of <see cref="Operator"/>.</summary>
public sealed record NewOperator(
    string Code,
    string Name,
    string Currency,
    string TimeZone,
    bool OffersCardCredit,
    PurposeRule Purpose,
    int VatBasisPoints,
    TimeSpan HoldTime);
