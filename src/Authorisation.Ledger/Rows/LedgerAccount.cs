using Authorisation.Core;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// An account as the ledger has it, with the versions that show whether a copy is still true, which no decision reads.
/// </summary>
internal sealed record LedgerAccount : CreditAccount
{
    /// <summary>Whose credit it is.</summary>
    public Guid OrganisationId { get; init; }

    /// <summary>
    /// What it has of its organisation, as far as it was seen with this account or another of the organisation.
    /// </summary>
    public OrganisationState Organisation { get; init; }

    /// <summary>
    /// The organisation's <see cref="OrganisationState.NamesVersion"/> that the billing snapshots were looked for at.
    /// </summary>
    public long BillingSnapshotVersion { get; init; }

    /// <summary>
    /// The organisation's <see cref="OrganisationState.RulesVersion"/> that the rules were read at.
    /// </summary>
    public long RulesVersion { get; init; }

    /// <summary>Whether rules of more accounts than this were changed since it was read: it must be read again.</summary>
    public bool HasOldRules => RulesVersion != Organisation.RulesVersion;

    /// <summary>
    /// Whether names or references were changed since the billing snapshots were looked for: others may be in force.
    /// </summary>
    public bool NeedsBillingSnapshot => BillingSnapshotVersion != Organisation.NamesVersion;

    /// <summary>The account, of an organisation that stands as it was seen later.</summary>
    public LedgerAccount In(OrganisationState organisation) => this with
    {
        Organisation = organisation,
        OrganisationSuspended = organisation.IsSuspended,
        CardCreditNotOffered = Instrument.Kind == InstrumentKind.Card && !organisation.OffersCardCredit,
    };

    /// <summary>
    /// The account with the billing snapshots that are in force since the last change of names that is known.
    /// </summary>
    public LedgerAccount With(long billingSnapshotId) =>
        this with { BillingSnapshotId = billingSnapshotId, BillingSnapshotVersion = Organisation.NamesVersion };
}
