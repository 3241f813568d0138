using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>What a question about a purchase or a credit cannot be.</summary>
public sealed class ReadingTests(SharedWire wire) : WireTest(wire)
{
    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a805")]
    public async Task An_authorisation_is_asked_for_by_a_UUID(string id)
    {
        var on = await NewOperatorAsync();
        var error = await WireError.OfAsync(
            on.Validator.GetAuthorisationAsync(id), StatusCode.InvalidArgument, "INVALID_FIELDS");
        Assert.Equal("authorisation_id", error.FieldList);
    }

    public static TheoryData<string, string, string> WrongInstruments => new()
    {
        { "none", "", "instrument" },
        { "card", "12345", "card_number" },
        { "card", "12345678901234567890x", "card_number" },
        { "app", "", "app_account_id" },
        { "app", "nonsense", "app_account_id" },
    };

    [Theory]
    [MemberData(nameof(WrongInstruments))]
    public async Task A_credit_is_asked_for_by_a_card_number_or_an_account(string kind, string value, string field)
    {
        var on = await NewOperatorAsync();
        var request = kind switch
        {
            "card" => new GetCreditRequest { CardNumber = value },
            "app" => new GetCreditRequest { AppAccountId = value },
            _ => new GetCreditRequest(),
        };
        var error = await WireError.OfAsync(
            on.Validator.GetCreditAsync(request), StatusCode.InvalidArgument, "INVALID_FIELDS");
        Assert.Equal(field, error.FieldList);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var on = await NewOperatorAsync();
        await WireError.OfAsync(
            on.Validator.GetAuthorisationAsync(Guid.NewGuid().ToString()), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        await WireError.OfAsync(
            on.Validator.GetCreditAsync(on.UnknownCard()), StatusCode.NotFound, "CREDIT_NOT_FOUND");
    }

    [Fact]
    public async Task A_credit_that_was_taken_away_is_not_found()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await Ledger.Provisioner.RemoveCreditAsync(on.AccountOf(card));
        await WireError.OfAsync(on.Validator.GetCreditAsync(card), StatusCode.NotFound, "CREDIT_NOT_FOUND");
    }
}
