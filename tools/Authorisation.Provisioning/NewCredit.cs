using Authorisation.Core;

namespace Authorisation.Provisioning;

/// <summary>A credit to be given to a traveller.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="BillingSnapshotId">
/// The payer that is invoiced for it, from <see cref="Provisioner.AddTravellerAsync"/>.
/// </param>
/// <param name="CardNumber">The card it is on; <see langword="null"/> for app credit.</param>
/// <param name="LimitMinor">The monthly limit, at least <see cref="Limits.CreditLimitMinorMin"/>.</param>
/// <param name="IsActivated">For app credit, whether an app has been activated for it already.</param>
public sealed record NewCredit(
    int OperatorId, long BillingSnapshotId, string? CardNumber, long LimitMinor, bool IsActivated = true);
