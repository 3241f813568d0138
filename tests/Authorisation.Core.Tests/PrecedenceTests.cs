namespace Authorisation.Core.Tests;

/// <summary>Of several reasons that apply, the one with the lowest number is told.</summary>
public class PrecedenceTests
{
    private sealed record Case(AuthorisationEntry? Seen, CreditAccount? Account, Purchase Purchase)
    {
        public IReadOnlyList<Rule> Rules { get; init; } = [];

        public bool IsBudgetSpent { get; init; }
    }

    /// <summary>How each reason is brought about, in a way that leaves room for the others.</summary>
    private static readonly Dictionary<DeclineReason, Func<Case, Case>> BroughtAboutBy = new()
    {
        [DeclineReason.Reversed] = c => c with { Seen = ReversedTombstone },
        [DeclineReason.UnknownInstrument] = c => c with { Account = null },
        [DeclineReason.CardCreditNotOffered] = c => With(c, a => a with { CardCreditNotOffered = true }),
        [DeclineReason.CreditRemoved] = c => With(c, a => a with { Removed = true }),
        [DeclineReason.NotActivated] = c => With(c, a => a with { AwaitsActivation = true }),
        [DeclineReason.Blocked] = c => With(c, a => a with { Blocked = true }),
        [DeclineReason.OrganisationSuspended] = c => With(c, a => a with { OrganisationSuspended = true }),
        [DeclineReason.CardHasTickets] = c => With(c, a => a with { CardHasTickets = true }),
        [DeclineReason.CreditNotValidToday] = c => With(c, a => a with
        {
            Dates = new CreditDates(new DateOnly(2026, 11, 17), null, default, 0),
        }),
        [DeclineReason.ProductNotAllowed] = c => Ruled(c, new Rule { Products = ["month"] }),
        [DeclineReason.ZoneNotAllowed] = c => Ruled(c, new Rule { Zones = ["9"] }),
        [DeclineReason.TimeNotAllowed] = c => Ruled(c, new Rule { Times = [0, 15] }),
        [DeclineReason.AmountOverRule] = c => Ruled(c, new Rule { MaxPurchase = 1 }),
        [DeclineReason.DayAmountOverRule] = c => Ruled(c, new Rule { MaxDay = 1 }),
        [DeclineReason.InsufficientCredit] = c => With(c, a => a.WithSpent(500_00)),
        [DeclineReason.BudgetSpent] = c => c with { IsBudgetSpent = true },
    };

    private static readonly DeclineReason[] Reasons =
        [.. Enum.GetValues<DeclineReason>().Where(r => r != DeclineReason.None)];

    private static AuthorisationEntry ReversedTombstone { get; } = Some.Ask(Some.Purchase, Some.Account).Entry! with
    {
        Decision = Decision.Declined,
        DeclineReason = DeclineReason.Reversed,
    };

    public static TheoryData<DeclineReason, DeclineReason> Pairs
    {
        get
        {
            var pairs = new TheoryData<DeclineReason, DeclineReason>();
            foreach (var lower in Reasons)
            {
                foreach (var higher in Reasons.Where(r => r > lower))
                {
                    pairs.Add(lower, higher);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Of_two_reasons_the_lower_number_is_told(DeclineReason lower, DeclineReason higher)
    {
        Assert.Equal(higher, ReasonWhen([higher]));
        Assert.Equal(lower, ReasonWhen([lower, higher]));
        Assert.Equal(lower, ReasonWhen([higher, lower]));
    }

    [Fact]
    public void As_reasons_fall_away_one_by_one_the_next_is_told()
    {
        for (var first = 0; first < Reasons.Length; first++)
        {
            Assert.Equal(Reasons[first], ReasonWhen(Reasons[first..]));
        }

        Assert.Equal(DeclineReason.None, ReasonWhen([]));
    }

    private static DeclineReason ReasonWhen(DeclineReason[] reasons)
    {
        var asked = reasons.Aggregate(
            new Case(Seen: null, Some.Account, Some.Purchase),
            (situation, reason) => BroughtAboutBy[reason](situation));
        var account = asked.Rules.Count == 0 ? asked.Account : asked.Account?.With(Rules.Of(asked.Rules));
        var outcome = Some.Ask(asked.Purchase, account, asked.Seen);
        return (asked.IsBudgetSpent && outcome.Entry!.Decision == Decision.Approved
            ? Decide.OverBudget(outcome, account!, RuleOwner.Department) : outcome).Entry!.DeclineReason;
    }

    private static Case Ruled(Case asked, Rule rule) => asked with { Rules = [.. asked.Rules, rule] };

    private static Case With(Case asked, Func<CreditAccount, CreditAccount> change) =>
        asked with { Account = asked.Account is { } account ? change(account) : null };
}
