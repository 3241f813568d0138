namespace Authorisation.Core.Tests.Operations;

/// <summary>What an originator began it finishes, whatever day or month it has become; for so long, and no longer.</summary>
public class OriginatorTests
{
    private static readonly Originator Own = Originator.Client(3);

    private static readonly Dictionary<string, Actor> Actors = new(StringComparer.Ordinal)
    {
        ["console"] = new(Own, ClientKind.Console),
        ["other console"] = new(Originator.Client(4), ClientKind.Console),
        ["validator"] = new(Own, ClientKind.Validator),
        ["other validator"] = new(Originator.Client(4), ClientKind.Validator),
        ["back end"] = new(Own, ClientKind.AppBackEnd),
        ["app"] = new(Originator.App(Some.AppId), Kind: null),
        ["staff"] = Actor.Service,
    };

    // who | decided at | what is done | after minutes, with holds that last so many | outcome. Midnights by Stockholm's clocks: an
    // ordinary one, a month's end, and the nights on which clocks are set forward and back. Months are closed at their ends.
    private const string Table = """
        console         2026-11-16T22:56:00Z capture   5   15 Decided
        console         2026-11-16T22:56:00Z void      5   15 Decided
        console         2026-11-16T22:56:00Z void     59   15 Decided
        console         2026-11-16T22:56:00Z void     60   15 NotAllowed
        console         2026-11-16T22:56:00Z capture 119  120 Decided
        console         2026-11-16T22:56:00Z void    119  120 Decided
        console         2026-11-16T22:56:00Z void    120  120 NotAllowed
        console         2026-11-16T22:56:00Z refund    5   15 NotAllowed
        other console   2026-11-16T22:56:00Z capture   3   15 Decided
        other console   2026-11-16T22:56:00Z capture   5   15 NotAllowed
        other console   2026-11-16T22:56:00Z void      5   15 NotAllowed
        validator       2026-11-16T22:56:00Z capture   5   15 Decided
        validator       2026-11-16T22:56:00Z void    300   15 Decided
        other validator 2026-11-16T22:56:00Z void      5   15 NotAllowed
        back end        2026-11-16T22:56:00Z capture   5   15 Decided
        back end        2026-11-16T22:56:00Z void    300   15 Decided
        app             2026-11-16T22:56:00Z capture   5   15 Decided
        app             2026-11-16T22:56:00Z void      5   15 NotAllowed
        console         2026-11-30T22:56:00Z capture   5   15 Decided
        console         2026-11-30T22:56:00Z void      5   15 Decided
        console         2026-11-30T22:56:00Z void     60   15 NotAllowed
        validator       2026-11-30T22:56:00Z void      5   15 Decided
        validator       2026-11-30T22:56:00Z void     59   15 Decided
        validator       2026-11-30T22:56:00Z void     60   15 MonthClosed
        back end        2026-11-30T22:56:00Z capture   5   15 Decided
        back end        2026-11-30T22:56:00Z void      5   15 Decided
        back end        2026-11-30T22:56:00Z void     60   15 MonthClosed
        back end        2026-11-30T22:56:00Z refund   60   15 Decided
        app             2026-11-30T22:56:00Z capture   5   15 Decided
        staff           2026-11-16T22:56:00Z void   9999   15 Decided
        staff           2026-11-16T22:56:00Z refund 9999   15 Decided
        staff           2026-11-16T22:56:00Z capture   5   15 NotAllowed
        staff           2026-11-30T22:56:00Z void      5   15 MonthClosed
        staff           2026-11-30T22:56:00Z refund    5   15 Decided
        console         2026-03-28T22:56:00Z capture   5   15 Decided
        console         2026-03-28T22:56:00Z void     60   15 NotAllowed
        console         2026-10-31T22:56:00Z capture   5   15 Decided
        console         2026-10-24T21:56:00Z void     59   15 Decided
        console         2026-10-24T21:56:00Z void     60   15 NotAllowed
        """;

    public static TheoryData<string, string, string, int, int, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string, int, int, string>();
            foreach (var line in Table.Split('\n'))
            {
                var parts = line[16..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                rows.Add(line[..16].Trim(), parts[0], parts[1], Number(parts[2]), Number(parts[3]), parts[4]);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void After_midnight(string who, string decidedAt, string what, int minutes, int holdMinutes, string expected)
    {
        var terms = Some.Terms with { HoldTime = TimeSpan.FromMinutes(holdMinutes) };
        var at = Some.At(decidedAt);
        var kind = Enum.Parse<OperationKind>(what, ignoreCase: true);
        var history = Decided(who, kind, terms, at);

        var outcome = Decide.On(Scene.Ask(kind, by: Actors[who]), Known(history, terms, at.AddMinutes(minutes)));

        Assert.Equal(expected, outcome.Kind == OutcomeKind.Refused ? $"{outcome.Refusal}" : $"{outcome.Kind}");
    }

    [Fact]
    public void What_is_undone_in_time_stands_on_the_first_open_invoice_and_comes_to_nothing()
    {
        var at = Some.At("2026-11-30T22:56:00Z");
        var history = Decided("validator", OperationKind.Void, Some.Terms, at);

        var done = Decide.On(
            Scene.Ask(OperationKind.Void, by: Actors["validator"]), Known(history, Some.Terms, at.AddMinutes(5)));

        Assert.Equal(
            (AuthorisationState.Voided, -Scene.Amount, -Scene.Amount, Some.November, Some.November.Next),
            (done.Operation!.StateAfter, done.Operation.SpentMinor, done.Operation.InvoicedMinor,
                done.Operation.CreditMonth, done.Operation.InvoiceMonth));
        Assert.Equal((0, 0), (done.History!.SpentMinor, done.History.InvoicedMinor));
    }

    [Theory]
    [InlineData("console")]
    [InlineData("back end")]
    [InlineData("validator")]
    [InlineData("app")]
    public void Ones_own_void_of_an_unseen_id_is_voided_again_on_any_day(string who)
    {
        var mark = Scene.On(Scene.Ask(OperationKind.Void, by: Actors[who]), history: null).History!;

        var again = Scene.On(Scene.Ask(OperationKind.Void, by: Actors[who]), mark, Some.Now.AddDays(3));

        Assert.Equal((OutcomeKind.Decided, 0), (again.Kind, again.Operation!.InvoicedMinor));
    }

    [Fact]
    public void Nobody_finishes_what_another_operators_client_began()
    {
        var at = Some.At("2026-11-16T22:56:00Z");
        var history = Decided("console", OperationKind.Void, Some.Terms, at);
        var elsewhere = history with
        {
            Entry = history.Entry with { Purchase = history.Entry.Purchase with { Instrument = Instrument.Card(8, "0012345678") } },
        };

        Assert.Equal(
            OutcomeKind.TakenByAnother,
            Decide.On(Scene.Ask(OperationKind.Void, by: Actors["console"]), Known(elsewhere, Some.Terms, at)).Kind);
    }

    // A hold for a capture, and what was taken at once for the others; of a card or, where an app or back end asks, in an app.
    private static AuthorisationHistory Decided(string who, OperationKind kind, Operator terms, DateTimeOffset at)
    {
        var instrument = who is "app" or "back end" ? Instrument.App(Some.OperatorId, Some.AppId) : Some.Account.Instrument;
        var purchase = Some.Purchase with
        {
            Originator = who == "app" ? Actors["app"].Originator : Own,
            Instrument = instrument,
            Hold = kind == OperationKind.Capture,
        };
        var account = Some.Account with { Instrument = instrument, Balance = default };
        return new AuthorisationHistory(Decide.Authorise(purchase, seen: null, account, terms, at).Entry!);
    }

    private static KnownState Known(AuthorisationHistory history, Operator terms, DateTimeOffset now) => new()
    {
        History = history,
        Terms = terms,
        FirstOpenMonth = CreditMonth.Of(now, terms.TimeZone),
        Now = now,
    };

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
