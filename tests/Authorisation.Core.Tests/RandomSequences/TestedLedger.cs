namespace Authorisation.Core.Tests.RandomSequences;

/// <summary>The least that can stand around <see cref="Decide"/>: it keeps entries and accounts in memory.</summary>
internal sealed class TestedLedger
{
    public const long FirstLimitMinor = 100;

    private readonly Dictionary<Guid, AuthorisationEntry> _entries = [];
    private readonly CreditAccount[] _accounts = [.. Enumerable.Range(0, Steps.Accounts).Select(NewAccount)];

    public CreditAccount Account(int number) => _accounts[number];

    public void Set(SetLimit change) => Change(change.Account, a => a with { LimitMinor = change.LimitMinor });

    public void Set(SetBlocked change) => Change(change.Account, a => a with { Blocked = change.Blocked });

    public (Answer Answer, Outcome Outcome) Ask(Buy buy)
    {
        var id = new Guid(buy.IdNumber, 0, 0, new byte[8]);
        var purchase = new Purchase
        {
            Id = id,
            Originator = Originator.Client(buy.Client),
            Instrument = _accounts[buy.Account].Instrument,
            AmountMinor = buy.AmountMinor,
            Hold = buy.Hold,
            Product = buy.Product,
            OccurredAt = buy.At,
        };

        var outcome = Decide.Authorise(purchase, _entries.TryGetValue(id, out var seen) ? new AuthorisationHistory(seen) : null, _accounts[buy.Account], Some.Terms, buy.At);
        if (outcome.Kind == OutcomeKind.Decided)
        {
            _entries.Add(id, outcome.Entry!);
            Change(buy.Account, a => a with { Balance = outcome.BalanceAfter });
        }

        return (AnswerOf(outcome), outcome);
    }

    private static Answer AnswerOf(Outcome outcome) => (outcome.Kind, outcome.Entry?.Decision) switch
    {
        (OutcomeKind.Decided, Decision.Approved) => Answer.Approved,
        (OutcomeKind.Decided, Decision.Declined) => Answer.Declined,
        (OutcomeKind.Replayed, Decision.Approved) => Answer.ApprovedBefore,
        (OutcomeKind.Replayed, Decision.Declined) => Answer.DeclinedBefore,
        (OutcomeKind.DiffersFromFirst, null) => Answer.Differs,
        (OutcomeKind.TakenByAnother, null) => Answer.Taken,
        _ => throw new InvalidOperationException($"No client can be told {outcome}."),
    };

    private static CreditAccount NewAccount(int number) => Some.Account with
    {
        Id = new Guid(number + 1, 1, 0, new byte[8]),
        Instrument = Instrument.Card(Some.OperatorId, $"10000{number}"),
        LimitMinor = FirstLimitMinor,
        Balance = default,
    };

    private void Change(int account, Func<CreditAccount, CreditAccount> change) =>
        _accounts[account] = change(_accounts[account]) with { Version = _accounts[account].Version + 1 };
}
