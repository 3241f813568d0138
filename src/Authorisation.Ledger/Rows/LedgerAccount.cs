using Authorisation.Core;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// An account as the ledger has it: with what tells whether a copy of it still holds, and no decision looks at. What the rule
/// makes of one is one again.
/// </summary>
internal sealed record LedgerAccount : CreditAccount
{
    /// <summary>Whose credit it is.</summary>
    public Guid OrganisationId { get; init; }

    /// <summary>
    /// Grows with every change of the organisation, its departments or its operator that concerns decisions on all of the
    /// organisation's accounts, or what they are invoiced with.
    /// </summary>
    public long OrganisationVersion { get; init; }
}
