using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Purchases;

/// <summary>The four kinds of operator that the service was made for, each from credit to receipt.</summary>
public sealed class ProfileTests(SharedWire wire) : WireTest(wire)
{
    private const string Purpose = "Utbildning i Nässjö";

    [Fact]
    public async Task Jamtland_gives_credit_on_cards_and_in_apps_and_keeps_a_purpose_if_it_is_given()
    {
        var on = await OperatorAsync("SEK", "Europe/Stockholm", offersCards: true, PurposeRule.KeptIfGiven, 600);
        var card = await on.AddCardAsync(600_000);
        Assert.Equal(V1.Decision.Approved, (await on.Validator.AuthoriseAsync(on.Buy(card, 3_900))).Decision);

        var app = await on.AddAppAsync(600_000);
        Assert.Equal(Purpose, await PurposeKeptAsync(on, app, Purpose));
        Assert.Equal("", await PurposeKeptAsync(on, app, ""));
        Assert.Equal(600, await VatOfAsync(on));
    }

    [Theory]
    [InlineData("jonkoping")]
    [InlineData("kalmar")]
    public async Task Jonkoping_and_Kalmar_give_no_credit_on_cards_and_require_a_purpose_in_apps(string name)
    {
        Assert.NotEmpty(name);
        var on = await OperatorAsync("SEK", "Europe/Stockholm", offersCards: false, PurposeRule.Required, 600);
        var card = await on.AddCardAsync(1_500_000);
        var declined = await on.Validator.AuthoriseAsync(on.Buy(card));
        Assert.Equal(V1.DeclineReason.CardCreditNotOffered, declined.DeclineReason);

        var app = await on.AddAppAsync(1_500_000);
        Assert.Equal(Purpose, await PurposeKeptAsync(on, app, Purpose));
        var error = await WireError.OfAsync(
            PurposeKeptAsync(on, app, ""), StatusCode.InvalidArgument, "INVALID_FIELDS");
        Assert.Equal("purpose", error.FieldList);

        // What is left is shown beside the field where the purpose is typed.
        var caller = await on.AddAppCallerAsync(app);
        Assert.Equal(1_500_000 - 3_900, (await caller.GetCreditAsync(app)).RemainingMinor);
        Assert.Equal(600, await VatOfAsync(on));
    }

    [Fact]
    public async Task Agder_sells_in_Norwegian_kroner_in_apps_and_keeps_no_purpose()
    {
        var on = await OperatorAsync("NOK", "Europe/Oslo", offersCards: false, PurposeRule.NotKept, 1_200);
        var card = await on.AddCardAsync(100_000);
        var declined = await on.Validator.AuthoriseAsync(on.Buy(card));
        Assert.Equal(V1.DeclineReason.CardCreditNotOffered, declined.DeclineReason);

        var app = await on.AddAppAsync(100_000_000);
        Assert.Equal("", await PurposeKeptAsync(on, app, Purpose));
        var credit = await (await on.AddAppCallerAsync(app)).GetCreditAsync(app);
        Assert.Equal(("NOK", 100_000_000, 3_900), (credit.Currency, credit.LimitMinor, credit.SpentMinor));
        Assert.Equal(1_200, await VatOfAsync(on));

        var inKronor = on.Buy(app);
        inKronor.Currency = "SEK";
        var error = await WireError.OfAsync(
            (await on.AddClientAsync(ClientKind.AppBackEnd)).AuthoriseAsync(inKronor), StatusCode.InvalidArgument, "INVALID_FIELDS");
        Assert.Equal("currency", error.FieldList);
    }

    [Fact]
    public async Task A_purpose_that_is_not_kept_does_not_tell_two_purchases_apart()
    {
        var on = await OperatorAsync("NOK", "Europe/Oslo", offersCards: false, PurposeRule.NotKept, 1_200);
        var app = await on.AddAppAsync();
        var caller = await on.AddAppCallerAsync(app);
        var request = on.Buy(app);
        await caller.AuthoriseAsync(request);
        request.Purpose = "noe annet";
        Assert.True((await caller.AuthoriseAsync(request)).Replayed);
    }

    private Task<WireOperator> OperatorAsync(
        string currency, string zone, bool offersCards, PurposeRule purpose, int vatBasisPoints) =>
        NewOperatorAsync(terms => terms with
        {
            Currency = currency,
            TimeZone = zone,
            OffersCardCredit = offersCards,
            Purpose = purpose,
            VatBasisPoints = vatBasisPoints,
        });

    private static async Task<string> PurposeKeptAsync(WireOperator on, Instrument app, string purpose)
    {
        var caller = await on.AddAppCallerAsync(app);
        var request = on.Buy(app, 3_900);
        request.Purpose = purpose;
        Assert.Equal(V1.Decision.Approved, (await caller.AuthoriseAsync(request)).Decision);
        var record = await caller.GetAuthorisationAsync(request.AuthorisationId);
        Assert.Equal((on.Terms.Currency, V1.AuthorisationState.Captured), (record.Currency, record.State));
        return record.Purpose;
    }

    private Task<int> VatOfAsync(WireOperator on) => Ledger.AskAsync<int>(
        "select min(vat_basis_points) from authorisation where operator_id = @Id and not vat_rate_given", new { on.Terms.Id });
}
