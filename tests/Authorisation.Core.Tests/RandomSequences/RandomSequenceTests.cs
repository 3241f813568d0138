using FsCheck;
using FsCheck.Fluent;

namespace Authorisation.Core.Tests.RandomSequences;

public class RandomSequenceTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(200);

    [Fact]
    public void Every_answer_and_every_balance_is_the_naive_ledgers() => ForAll(Steps.Any(), steps =>
    {
        var naive = new NaiveLedger();
        Run(steps, naive, (buy, answer, outcome, tested) =>
        {
            Assert.Equal(naive.Ask(buy), answer);
            if (outcome.Kind == OutcomeKind.Decided)
            {
                var month = NaiveLedger.MonthNumber(buy.At);
                Assert.Equal(month, outcome.Entry!.CreditMonth.Number);
                Assert.Equal(month, outcome.BalanceAfter.Month.Number);
                Assert.Equal(naive.SpentIn(month, buy.Account), tested.Account(buy.Account).Balance.SpentMinor);
                Assert.Equal(naive.HeldIn(month, buy.Account), tested.Account(buy.Account).Balance.HeldMinor);
            }
        });
    });

    [Fact]
    public void An_approval_never_takes_spent_above_the_limit_in_force() => ForAll(Steps.Any(), steps =>
    {
        var naive = new NaiveLedger();
        var approved = new List<(Buy Buy, int Month)>();
        Run(steps, naive, (buy, answer, _, _) =>
        {
            if (answer == Answer.Approved)
            {
                approved.Add((buy, NaiveLedger.MonthNumber(buy.At)));
                var spent = approved.Where(a => a.Buy.Account == buy.Account && a.Month == approved[^1].Month).Sum(a => a.Buy.AmountMinor);
                Assert.InRange(spent, 1, naive.LimitOf(buy.Account));
            }
        });
    });

    [Fact]
    public void Anything_but_an_approval_consumes_nothing() => ForAll(Steps.Any(), steps =>
    {
        var before = new Balance[Steps.Accounts];
        Run(steps, new NaiveLedger(), (buy, answer, outcome, tested) =>
        {
            var after = tested.Account(buy.Account).Balance;
            if (answer == Answer.Declined)
            {
                Assert.Equal(before[buy.Account].In(outcome.Entry!.CreditMonth), after);
            }
            else if (answer != Answer.Approved)
            {
                Assert.Equal(before[buy.Account], after);
            }

            before[buy.Account] = after;
        });
    });

    [Fact]
    public void An_id_gets_the_same_decision_ever_after() => ForAll(Steps.Any(), steps =>
    {
        var first = new Dictionary<int, AuthorisationEntry>();
        Run(steps, new NaiveLedger(), (buy, answer, outcome, _) =>
        {
            if (answer is Answer.Approved or Answer.Declined)
            {
                Assert.True(first.TryAdd(buy.IdNumber, outcome.Entry!), "An id was decided twice.");
            }
            else if (outcome.Entry is { } again)
            {
                Assert.Equal(first[buy.IdNumber], again);
            }
        });
    });

    [Fact]
    public void What_happens_on_other_accounts_changes_no_answer() => ForAll(Steps.Any(idsPerAccount: true), steps =>
    {
        var together = Answers(steps);
        foreach (var account in Enumerable.Range(0, Steps.Accounts))
        {
            var alone = Answers([.. steps.Where(step => step.Account == account)]);
            Assert.Equal(together.Where(a => a.Buy.Account == account), alone);
        }
    });

    [Fact]
    public void What_was_bought_in_other_months_changes_no_answer() => ForAll(Steps.Any(idsPerMonth: true), steps =>
    {
        var together = Answers(steps);
        foreach (var month in steps.Select(step => NaiveLedger.MonthNumber(step.At)).Distinct())
        {
            // Limits and blocks last beyond a month, so the changes of other months stay.
            var alone = Answers([.. steps.Where(step => step is not Buy || NaiveLedger.MonthNumber(step.At) == month)]);
            Assert.Equal(together.Where(a => NaiveLedger.MonthNumber(a.Buy.At) == month), alone);
        }
    });

    [Fact]
    public void The_sequences_meet_every_kind_of_answer_and_limits_below_what_is_spent()
    {
        var met = new HashSet<Answer>();
        var limitBelowSpent = false;
        var months = new HashSet<int>();
        ForAll(Steps.Any(), steps => Run(steps, new NaiveLedger(), (buy, answer, _, tested) =>
        {
            var account = tested.Account(buy.Account);
            met.Add(answer);
            months.Add(NaiveLedger.MonthNumber(buy.At));
            limitBelowSpent |= account.LimitMinor < account.Balance.SpentMinor;
        }));

        Assert.Equal(Enum.GetValues<Answer>(), met.Order());
        Assert.True(limitBelowSpent, "No limit was lowered below what was spent.");
        Assert.True(months.Count > 10, "The sequences stayed within a few months.");
    }

    private static void ForAll(Arbitrary<Step[]> steps, Action<Step[]> property) => Prop.ForAll(steps, property).Check(Many);

    private static List<(Buy Buy, Answer Answer)> Answers(Step[] steps)
    {
        var answers = new List<(Buy, Answer)>();
        Run(steps, new NaiveLedger(), (buy, answer, _, _) => answers.Add((buy, answer)));
        return answers;
    }

    private static void Run(Step[] steps, NaiveLedger naive, Action<Buy, Answer, Outcome, TestedLedger> afterPurchase)
    {
        var tested = new TestedLedger();
        foreach (var step in steps)
        {
            switch (step)
            {
                case SetLimit change:
                    tested.Set(change);
                    naive.Set(change);
                    break;
                case SetBlocked change:
                    tested.Set(change);
                    naive.Set(change);
                    break;
                case Buy buy:
                    var (answer, outcome) = tested.Ask(buy);
                    afterPurchase(buy, answer, outcome, tested);
                    break;
            }
        }
    }
}
