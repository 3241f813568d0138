namespace Authorisation.Core.Tests.Operations;

/// <summary>The contract's table of rights, for operations.</summary>
public class RightsTests
{
    private static readonly Instrument App = Instrument.App(Some.OperatorId, Some.AppId);

    private static readonly Dictionary<string, Actor> Actors = new(StringComparer.Ordinal)
    {
        ["the validator itself"] = Scene.Validator,
        ["another validator"] = new(Originator.Client(77), ClientKind.Validator),
        ["a console"] = Scene.Console,
        ["an app back end"] = new(Originator.Client(5), ClientKind.AppBackEnd),
        ["the app"] = new(Originator.App(Some.AppId), Kind: null),
        ["another app"] = new(Originator.App(Guid.NewGuid()), Kind: null),
        ["the service"] = Actor.Service,
    };

    // what | who: capture, void, refund; + done, - not allowed, 0 not found or taken
    private const string Table = """
        card         the validator itself  + + -
        card         another validator     - - -
        card         a console             + + +
        card         an app back end       - - -
        card         the app               0 0 0
        card         the service           - + +
        own app      the app               + + -
        own app      another app           0 0 0
        own app      an app back end       + + +
        own app      a console             - - -
        own app      another validator     - - -
        back end app the app               - - -
        back end app an app back end       + + +
        taken by app the app               - - -
        taken by app an app back end       - + +
        own app      the service           - + +
        taken by app the service           - + +
        """;

    public static TheoryData<string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var line in Table.Split('\n'))
            {
                rows.Add(line[..13].Trim(), line[13..35].Trim(), line[35..].Trim());
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_caller_does_what_the_contract_says(string what, string who, string expected)
    {
        var told = new List<char>();
        foreach (var kind in new[] { OperationKind.Capture, OperationKind.Void, OperationKind.Refund })
        {
            var history = HistoryOf(what, kind);
            var outcome = Scene.On(Scene.Ask(kind, by: Actors[who]), history);
            told.Add(outcome.Kind switch
            {
                OutcomeKind.Decided => '+',
                OutcomeKind.NotAllowed => '-',
                OutcomeKind.NotFound or OutcomeKind.TakenByAnother => '0',
                // Allowed, and of no use in this state: what was taken at once cannot be captured.
                _ => '-',
            });
            Assert.Equal(told[^1] == '0' && kind == OperationKind.Void, outcome.Kind == OutcomeKind.TakenByAnother);
        }

        Assert.Equal(expected, string.Join(' ', told));
    }

    [Theory]
    [InlineData("2026-11-16T22:59:59Z", true)]
    [InlineData("2026-11-16T23:00:00Z", false)]
    [InlineData("2026-11-17T08:00:00Z", false)]
    public void A_consoles_day_is_the_operators_calendar_day(string now, bool isAllowed)
    {
        var history = Scene.In("taken")!;

        var outcome = Scene.On(Scene.Ask(OperationKind.Void), history, Some.At(now));

        Assert.Equal(isAllowed ? OutcomeKind.Decided : OutcomeKind.NotAllowed, outcome.Kind);
    }

    [Fact]
    public void What_a_console_sold_itself_and_cancelled_out_of_reach_it_reports_on_another_day_too()
    {
        var own = new Actor(Some.Purchase.Originator, ClientKind.Console);
        var tomorrow = Some.Now.AddDays(1);

        Assert.Equal(OutcomeKind.NotAllowed, Scene.On(Scene.Ask(OperationKind.Void, by: own), Scene.In("taken"), tomorrow).Kind);
        Assert.Equal(
            OutcomeKind.Decided,
            Scene.On(Scene.Ask(OperationKind.Void, by: own) with { MadeOffline = true }, Scene.In("taken"), tomorrow).Kind);
        Assert.Equal(
            OutcomeKind.NotAllowed,
            Scene.On(Scene.Ask(OperationKind.Void) with { MadeOffline = true }, Scene.In("taken"), tomorrow).Kind);
    }

    [Fact]
    public void Of_another_operators_authorisation_nothing_is_told()
    {
        var history = Scene.In("taken")!;
        var elsewhere = history with
        {
            Entry = history.Entry with { Purchase = Some.Purchase with { Instrument = Instrument.Card(8, "0012345678") } },
        };

        Assert.Equal(OutcomeKind.NotFound, Scene.On(Scene.Ask(OperationKind.Capture), elsewhere).Kind);
        Assert.Equal(OutcomeKind.NotFound, Scene.On(Scene.Ask(OperationKind.Refund), elsewhere).Kind);
        Assert.Equal(OutcomeKind.TakenByAnother, Scene.On(Scene.Ask(OperationKind.Void), elsewhere).Kind);
        Assert.Equal(OutcomeKind.TakenByAnother, Scene.On(Scene.Advise(), elsewhere).Kind);
    }

    private static AuthorisationHistory HistoryOf(string what, OperationKind kind)
    {
        var (instrument, originator) = what switch
        {
            "card" => (Some.Account.Instrument, Scene.Validator.Originator),
            "back end app" => (App, Originator.Client(5)),
            _ => (App, Originator.App(Some.AppId)),
        };
        var purchase = Some.Purchase with { Instrument = instrument, Originator = originator, Hold = what != "taken by app" };
        var held = new AuthorisationHistory(Some.Ask(purchase, Some.Account with { Instrument = instrument }).Entry!);
        // A refund is of what was captured: by whoever may.
        return kind == OperationKind.Refund && purchase.Hold
            ? held.After(Scene.Ask(OperationKind.Capture, by: instrument == App ? Actors["an app back end"] : Scene.Console))
            : held;
    }
}
