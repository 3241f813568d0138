using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Access;

/// <summary>The contract's table of rights: who may spend on what, and who may read it.</summary>
public sealed class RightsTests(SharedWire wire) : WireTest(wire)
{
    public static TheoryData<string, string, bool> Spending => new()
    {
        { "validator", "card", true },
        { "validator", "app", false },
        { "console", "card", true },
        { "console", "app", false },
        { "app back end", "card", false },
        { "app back end", "app", true },
        { "app back end", "another app", true },
        { "app", "card", false },
        { "app", "app", true },
        { "app", "another app", false },
    };

    [Theory]
    [MemberData(nameof(Spending))]
    public async Task Each_caller_spends_on_what_the_contract_says(string who, string on, bool isAllowed)
    {
        var scene = await SceneAsync();
        var request = scene.Operator.Buy(scene.Instruments[on]);
        var call = (await scene.CallerAsync(who)).AuthoriseAsync(request);
        if (isAllowed)
        {
            Assert.Equal(V1.Decision.Approved, (await call).Decision);
            return;
        }

        await WireError.OfAsync(call, StatusCode.PermissionDenied, "INSTRUMENT_NOT_ALLOWED");
        Assert.Equal(0, await scene.Operator.RowsAsync());
    }

    public static TheoryData<string, string, bool> Reading => new()
    {
        { "validator", "card", true },
        { "validator", "app", true },
        { "console", "app", true },
        { "app back end", "card", true },
        { "app", "card", false },
        { "app", "app", true },
        { "app", "another app", false },
    };

    [Theory]
    [MemberData(nameof(Reading))]
    public async Task Clients_read_what_is_their_operators_and_an_app_what_is_its_own(string who, string on, bool isAllowed)
    {
        var scene = await SceneAsync();
        var instrument = scene.Instruments[on];
        var request = scene.Operator.Buy(instrument);
        var originator = await scene.CallerAsync(instrument.Kind == InstrumentKind.Card ? "validator" : "app back end");
        await originator.AuthoriseAsync(request);

        var reader = await scene.CallerAsync(who);
        if (isAllowed)
        {
            Assert.Equal(1_000, (await reader.GetAuthorisationAsync(request.AuthorisationId)).AmountMinor);
            Assert.Equal(1_000, (await reader.GetCreditAsync(instrument)).SpentMinor);
            return;
        }

        await WireError.OfAsync(
            reader.GetAuthorisationAsync(request.AuthorisationId), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        await WireError.OfAsync(reader.GetCreditAsync(instrument), StatusCode.NotFound, "CREDIT_NOT_FOUND");
    }

    [Fact]
    public async Task What_another_operator_has_is_unknown_here()
    {
        var (here, there) = (await SceneAsync(), await SceneAsync());
        var card = there.Instruments["card"];
        var answer = await (await here.CallerAsync("validator")).AuthoriseAsync(here.Operator.Buy(card));
        Assert.Equal(V1.DeclineReason.UnknownInstrument, answer.DeclineReason);
        Assert.Null(answer.Credit);

        var app = there.Instruments["app"];
        answer = await (await here.CallerAsync("app back end")).AuthoriseAsync(here.Operator.Buy(app));
        Assert.Equal(V1.DeclineReason.UnknownInstrument, answer.DeclineReason);

        var console = await here.CallerAsync("console");
        await WireError.OfAsync(console.GetCreditAsync(card), StatusCode.NotFound, "CREDIT_NOT_FOUND");
        await WireError.OfAsync(console.GetCreditAsync(app), StatusCode.NotFound, "CREDIT_NOT_FOUND");
        Assert.Equal((0, 0), (await there.Operator.SpentAsync(card), await there.Operator.SpentAsync(app)));
    }

    private async Task<Scene> SceneAsync()
    {
        var on = await NewOperatorAsync();
        return new Scene(on, new Dictionary<string, Instrument>(StringComparer.Ordinal)
        {
            ["card"] = await on.AddCardAsync(),
            ["app"] = await on.AddAppAsync(),
            ["another app"] = await on.AddAppAsync(),
        });
    }

    private sealed record Scene(WireOperator Operator, IReadOnlyDictionary<string, Instrument> Instruments)
    {
        public Task<TestCaller> CallerAsync(string who) => who switch
        {
            "validator" => Operator.AddClientAsync(ClientKind.Validator),
            "console" => Operator.AddClientAsync(ClientKind.Console),
            "app back end" => Operator.AddClientAsync(ClientKind.AppBackEnd),
            _ => Operator.AddAppCallerAsync(Instruments["app"]),
        };
    }
}
