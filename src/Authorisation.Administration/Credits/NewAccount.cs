using Authorisation.Core;

namespace Authorisation.Administration.Credits;

/// <summary>A credit to be given, with its fields checked.</summary>
/// <param name="Kind">On a card or in an app.</param>
/// <param name="CardNumber">The card; null for an app.</param>
/// <param name="DepartmentId">The payer.</param>
/// <param name="LimitMinor">The limit a month.</param>
internal sealed record NewAccount(InstrumentKind Kind, string? CardNumber, Guid DepartmentId, long LimitMinor)
{
    /// <summary>The first day on which something may be bought; null for no such day.</summary>
    public DateOnly? FirstDay { get; init; }

    /// <summary>The last one.</summary>
    public DateOnly? LastDay { get; init; }
}
