using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>Each field of a purchase, outside its limits and at their edges.</summary>
public sealed class FieldTests(SharedWire wire) : WireTest(wire)
{
    public static TheoryData<string> CasesOnCard => [.. FieldCases.OnCard.Select(one => one.Name)];

    public static TheoryData<string> CasesInApp => [.. FieldCases.InApp.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(CasesOnCard))]
    public async Task A_card_purchase_with_wrong_fields_is_refused_by_name_and_leaves_nothing(string name)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await RefusesAsync(on, on.Validator, card, FieldCases.OnCard.Single(one => one.Name == name));
    }

    [Theory]
    [MemberData(nameof(CasesInApp))]
    public async Task An_app_purchase_without_a_purpose_is_refused_where_one_is_required(string name)
    {
        var on = await NewOperatorAsync(terms => terms with { Purpose = PurposeRule.Required });
        var app = await on.AddAppAsync();
        var backEnd = await on.AddClientAsync(ClientKind.AppBackEnd);
        await RefusesAsync(on, backEnd, app, FieldCases.InApp.Single(one => one.Name == name));
    }

    [Fact]
    public async Task A_card_needs_no_purpose_where_apps_do()
    {
        var on = await NewOperatorAsync(terms => terms with { Purpose = PurposeRule.Required });
        var answer = await on.Validator.AuthoriseAsync(on.Buy(await on.AddCardAsync()));
        Assert.Equal(V1.Decision.Approved, answer.Decision);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000_000)]
    public async Task The_least_and_the_most_amount_can_be_bought_for(long amountMinor)
    {
        var on = await NewOperatorAsync();
        var answer = await on.Validator.AuthoriseAsync(on.Buy(await on.AddCardAsync(10_000_000), amountMinor));
        Assert.Equal(V1.Decision.Approved, answer.Decision);
        Assert.Equal(amountMinor, answer.Credit.SpentMinor);
    }

    [Theory]
    [InlineData("å", 200)]
    [InlineData("🚌", 200)]
    [InlineData("\u0301", 200)]
    [InlineData("&<>\"' ", 30)]
    public async Task A_purpose_at_its_limit_is_kept_to_the_letter(string letter, int times)
    {
        var on = await NewOperatorAsync();
        var request = on.Buy(await on.AddCardAsync());
        request.Purpose = string.Concat(Enumerable.Repeat(letter, times));
        await on.Validator.AuthoriseAsync(request);
        Assert.Equal(request.Purpose, (await on.Validator.GetAuthorisationAsync(request.AuthorisationId)).Purpose);
    }

    [Theory]
    [InlineData("00012 34567", "0001234567", true)]
    [InlineData(" 9 0 0 0 1 1 ", "900011", true)]
    [InlineData("0012345678", "12345678", false)]
    public async Task Spaces_in_a_card_number_do_not_count_and_leading_zeros_do(string sent, string issued, bool isSame)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(issued, 50_000);
        var request = on.Buy(card);
        request.CardNumber = sent;
        var answer = await on.Validator.AuthoriseAsync(request);
        Assert.Equal(isSame ? V1.DeclineReason.Unspecified : V1.DeclineReason.UnknownInstrument, answer.DeclineReason);
        Assert.Equal(isSame ? 1_000 : 0, await on.SpentAsync(card));

        // The same number with other spaces is the same purchase.
        request.CardNumber = isSame ? issued : sent;
        Assert.True((await on.Validator.AuthoriseAsync(request)).Replayed);
    }

    [Fact]
    public async Task A_UUID_in_upper_case_is_the_same_id_and_is_answered_in_lower_case()
    {
        var on = await NewOperatorAsync();
        var request = on.Buy(await on.AddCardAsync());
        var lower = request.AuthorisationId;
        request.AuthorisationId = lower.ToUpperInvariant();
        var first = await on.Validator.AuthoriseAsync(request);
        request.AuthorisationId = lower;
        var second = await on.Validator.AuthoriseAsync(request);
        Assert.Equal((lower, false), (first.AuthorisationId, first.Replayed));
        Assert.Equal((lower, true), (second.AuthorisationId, second.Replayed));
    }

    [Fact]
    public async Task Blank_text_is_absent()
    {
        var on = await NewOperatorAsync();
        var request = on.Buy(await on.AddCardAsync());
        request.Purpose = " \u00a0 ";
        request.Product = "  ";
        request.DeviceId = " ";
        request.Trip = new V1.Trip { Line = " " };
        await on.Validator.AuthoriseAsync(request);
        var record = await on.Validator.GetAuthorisationAsync(request.AuthorisationId);
        Assert.Equal(("", ""), (record.Purpose, record.Product));
    }

    [Fact]
    public async Task An_unknown_field_of_a_newer_contract_is_no_error()
    {
        var on = await NewOperatorAsync();
        var request = on.Buy(await on.AddCardAsync());
        byte[] fieldNumber1000 = [0xC0, 0x3E, 0x01];
        var newer = AuthoriseRequest.Parser.ParseFrom([.. Google.Protobuf.MessageExtensions.ToByteArray(request), .. fieldNumber1000]);
        Assert.Equal(V1.Decision.Approved, (await on.Validator.AuthoriseAsync(newer)).Decision);
    }

    private static async Task RefusesAsync(WireOperator on, TestCaller caller, Core.Instrument instrument, FieldCase wrong)
    {
        var request = on.Buy(instrument);
        wrong.Change(request);

        var error = await WireError.OfAsync(
            caller.AuthoriseAsync(request), StatusCode.InvalidArgument, "INVALID_FIELDS");

        Assert.Equal(string.Join(',', wrong.Fields.Order(StringComparer.Ordinal)), error.FieldList);
        Assert.All(wrong.Fields, field => Assert.Contains(field, error.Message, StringComparison.Ordinal));
        Assert.All(error.Descriptions, description => Assert.NotEmpty(description));
        Assert.Equal((0, 0), (await on.RowsAsync(), await on.SpentAsync(instrument)));
    }
}
