using Authorisation.Core;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Commit.Queue;

/// <summary>
/// Commands by which a server rehearses before callers come: they take the way of all commands, on the same sessions and
/// with the same statements, but their transactions are rolled back and they are not counted.
/// </summary>
/// <remarks>
/// They are known by their operator, which no ledger has, so that whatever they were to write by mistake would be nobody's.
/// Its instruments have an account that stands in no ledger either: no row that others use is locked or read.
/// </remarks>
public static class Rehearsal
{
    // The ids that Postgres gives begin at 1.
    private const int OperatorId = 0;

    private const long LimitMinor = 1_000_000_000_000;

    /// <summary>The terms of the operator.</summary>
    public static Operator Terms { get; } = new()
    {
        Id = OperatorId,
        Code = "rehearsal",
        Currency = "SEK",
        TimeZone = TimeZoneInfo.Utc,
        OffersCardCredit = true,
        Purpose = PurposeRule.KeptIfGiven,
        VatBasisPoints = 600,
        HoldTime = TimeSpan.FromDays(1),
    };

    /// <summary>Whether something of an operator is rehearsed only.</summary>
    public static bool Is(Operator terms) => terms.Id == OperatorId;

    /// <summary>The account on an instrument; <see langword="null"/> for the instrument of a tombstone.</summary>
    internal static LedgerAccount? AccountOn(Instrument instrument, DateTimeOffset now) => instrument.Kind == default
        ? null
        : new LedgerAccount
        {
            Id = instrument.Kind == InstrumentKind.App ? instrument.AccountId : Guid.NewGuid(),
            Instrument = instrument,
            Version = 1,
            LimitMinor = LimitMinor,
            Balance = new Balance(MonthAt(now), SpentMinor: 0, HeldMinor: 0, NextHoldExpiry: null),
            BillingSnapshotId = 0,
        }.In(new OrganisationState(
            Version: 0, NamesVersion: 0, RulesVersion: 0, IsSuspended: false, OffersCardCredit: true, HasBudgets: false));

    /// <summary>The month that it is at the operator.</summary>
    internal static CreditMonth MonthAt(DateTimeOffset now) => CreditMonth.Of(now, Terms.TimeZone);
}
