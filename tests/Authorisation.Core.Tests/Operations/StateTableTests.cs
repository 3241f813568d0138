namespace Authorisation.Core.Tests.Operations;

/// <summary>What each command does in each state: to the state, to what is spent and held, and to the invoice.</summary>
public class StateTableTests
{
    // state, command | outcome; what is done is written as state: spent, held, invoiced
    private const string Table = """
        unseen              capture           NotFound
        held                capture           Captured: 0, -25000, 25000
        held                capture 10000     Captured: -15000, -25000, 10000
        held                capture 25000     Captured: 0, -25000, 25000
        held                capture 25001     AmountOverHeld
        lapsed              capture           HoldExpired
        expired             capture           HoldExpired
        declined            capture           AuthorisationDeclined
        taken               capture           AlreadyCaptured
        captured            capture           AlreadyCaptured
        captured in part    capture 1         AlreadyCaptured
        refunded            capture           AlreadyCaptured
        voided              capture           AlreadyVoided
        voided hold         capture           AlreadyVoided
        mark                capture           AlreadyVoided
        advice              capture           AlreadyCaptured

        unseen              void              Voided: 0, 0, 0
        held                void              Voided: -25000, -25000, 0
        lapsed              void              Expired: -25000, -25000, 0
        expired             void              Expired: 0, 0, 0
        declined            void              Declined: 0, 0, 0
        taken               void              Voided: -25000, 0, -25000
        captured            void              Voided: -25000, 0, -25000
        captured in part    void              Voided: -10000, 0, -10000
        refunded in part    void              Voided: -15000, 0, -15000
        refunded            void              AlreadyRefunded
        voided              void              Voided: 0, 0, 0
        voided hold         void              Voided: 0, 0, 0
        mark                void              Voided: 0, 0, 0
        advice              void              Voided: -25000, 0, -25000
        advice on nobody    void              Voided: 0, 0, 0
        declined, then sold void              Voided: -25000, 0, -25000

        unseen              refund            NotFound
        held                refund            NotCaptured
        lapsed              refund            HoldExpired
        expired             refund            HoldExpired
        declined            refund            AuthorisationDeclined
        taken               refund            Refunded: -25000, 0, -25000
        taken               refund 10000      Captured: -10000, 0, -10000
        taken               refund 25000      Refunded: -25000, 0, -25000
        taken               refund 25001      AmountOverRemaining
        captured            refund            Refunded: -25000, 0, -25000
        captured in part    refund            Refunded: -10000, 0, -10000
        captured in part    refund 10001      AmountOverRemaining
        refunded in part    refund            Refunded: -15000, 0, -15000
        refunded in part    refund 15001      AmountOverRemaining
        refunded            refund            AlreadyRefunded
        voided              refund            AlreadyVoided
        mark                refund            AlreadyVoided
        advice              refund 1          Captured: -1, 0, -1
        advice on nobody    refund 1          Captured: 0, 0, 0
        declined, then sold refund            Refunded: -25000, 0, -25000

        unseen              expiry            NotFound
        held                expiry            NotLapsed
        lapsed              expiry            Expired: -25000, -25000, 0
        expired             expiry            NotLapsed
        taken               expiry            NotLapsed
        captured            expiry            NotLapsed
        voided hold         expiry            NotLapsed
        declined            expiry            NotLapsed

        unseen              advice            Captured: 0, 0, 0
        held                advice            Captured: 0, -25000, 25000
        lapsed              advice            Captured: 0, -25000, 25000
        expired             advice            Captured: 25000, 0, 25000
        declined            advice            Captured: 25000, 0, 25000
        taken               advice            Captured: 0, 0, 0
        captured            advice            Captured: 0, 0, 0
        refunded in part    advice            Captured: 0, 0, 0
        refunded            advice            Refunded: 0, 0, 0
        voided              advice            AlreadyVoided
        voided hold         advice            AlreadyVoided
        mark                advice            AlreadyVoided
        expired, voided     advice            AlreadyVoided
        declined, voided    advice            AlreadyVoided
        advice              advice            Replayed
        declined, then sold advice            Replayed

        unseen              match             NotFound
        advice on nobody    match             Captured: 25000, 0, 25000
        advice              match             AlreadyMatched
        taken               match             AlreadyMatched
        """;

    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var line in Table.Split('\n').Where(line => line.Length > 0))
            {
                rows.Add(line[..20].Trim(), line[20..38].Trim(), line[38..].Trim());
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_command_in_each_state(string state, string command, string expected)
    {
        var history = Scene.In(state);
        var now = state == "lapsed" ? Scene.Later : Some.Now;

        var outcome = Scene.On(CommandOf(command), history, now, Some.Account);

        Assert.Equal(expected, Told(outcome));
        if (outcome.Kind == OutcomeKind.Decided)
        {
            var before = (history?.SpentMinor ?? 0, history?.HeldMinor ?? 0, history?.InvoicedMinor ?? 0);
            var own = outcome.Entry is { Decision: Decision.Approved } ? Scene.Amount : 0;
            Assert.Equal(
                (before.Item1 + outcome.Operation!.SpentMinor + own, before.Item2 + outcome.Operation.HeldMinor,
                    before.Item3 + outcome.Operation.InvoicedMinor + own),
                (outcome.History!.SpentMinor, outcome.History.HeldMinor, outcome.History.InvoicedMinor));
            Assert.Equal((history?.Operations.Count ?? 0) + 1, outcome.Operation.Ordinal);
        }
    }

    [Theory]
    [InlineData("expired", OperationKind.Void)]
    [InlineData("declined", OperationKind.Void)]
    [InlineData("taken", OperationKind.Refund)]
    public void At_the_bound_of_operations_captures_voids_and_refunds_are_refused_and_repeats_answered(string state, OperationKind kind)
    {
        var full = Filled(state, kind);

        foreach (var next in new[] { OperationKind.Capture, OperationKind.Void, OperationKind.Refund })
        {
            Assert.Equal(Refusal.TooManyOperations, Scene.On(Scene.Ask(next), full).Refusal);
        }

        var last = full.Operations[^1];
        Assert.Equal(OutcomeKind.Replayed, Scene.On(last.Request, full, seen: last).Kind);
    }

    [Fact]
    public void At_the_bound_of_operations_what_has_to_be_recorded_is_recorded()
    {
        var advice = Scene.On(Scene.Advise(), Filled("taken", OperationKind.Refund), account: Some.Account);
        var match = Scene.On(
            Scene.Ask(OperationKind.Match, by: Actor.Service), Filled("advice on nobody", OperationKind.Refund), account: Some.Account);

        Assert.Equal((OutcomeKind.Decided, Limits.OperationsPerAuthorisationMax + 1), (advice.Kind, advice.Operation!.Ordinal));
        Assert.Equal((OutcomeKind.Decided, Limits.OperationsPerAuthorisationMax + 1), (match.Kind, match.Operation!.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_counts_as_spent_and_what_is_invoiced_is_what_was_taken_and_not_given_back(string state, string command, string _)
    {
        var now = state == "lapsed" ? Scene.Later : Some.Now;
        var history = Scene.On(CommandOf(command), Scene.In(state), now, Some.Account).History ?? Scene.In(state);
        if (history is null)
        {
            return;
        }

        var kept = history.CapturedMinor - history.RefundedMinor;
        Assert.InRange(kept, 0, Scene.Amount);
        if (history.AccountId is not null)
        {
            Assert.Equal(kept, history.InvoicedMinor);
            Assert.Equal(kept + history.HeldMinor, history.SpentMinor);
        }

        Assert.Equal(history.RecordedState == AuthorisationState.Held ? Scene.Amount : 0, history.HeldMinor);
    }

    /// <summary>An authorisation to which the same was done again and again, until there are as many operations as may be.</summary>
    private static AuthorisationHistory Filled(string state, OperationKind kind)
    {
        var history = Scene.In(state)!;
        while (history.Operations.Count < Limits.OperationsPerAuthorisationMax)
        {
            history = history.After(Scene.Ask(kind, kind == OperationKind.Refund ? 1 : null));
        }

        return history;
    }

    private static ICommand CommandOf(string text)
    {
        var words = text.Split(' ');
        long? amount = words.Length > 1 ? long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture) : null;
        return words[0] switch
        {
            "advice" => Scene.Advise(),
            "expiry" => Scene.Ask(OperationKind.Expiry, by: Actor.Service),
            "match" => Scene.Ask(OperationKind.Match, by: Actor.Service),
            // Whoever made it: the table is about states.
            var word => Scene.Ask(Enum.Parse<OperationKind>(word, ignoreCase: true), amount, Owner),
        };
    }

    private static string Told(Outcome outcome) => outcome switch
    {
        { Kind: OutcomeKind.Refused } => $"{outcome.Refusal}",
        { Kind: OutcomeKind.Decided, Operation: { } done } =>
            $"{done.StateAfter}: {done.SpentMinor}, {done.HeldMinor}, {done.InvoicedMinor}",
        _ => $"{outcome.Kind}",
    };

    // The originator of the ids, as a console: of marks too.
    private static Actor Owner => new(Some.Purchase.Originator, ClientKind.Console);
}
