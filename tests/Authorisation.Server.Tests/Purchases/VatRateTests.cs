using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Purchases;

/// <summary>Purchases have the rates of VAT that an invoice of their operator can have, and no others.</summary>
public sealed class VatRateTests(SharedWire wire) : WireTest(wire)
{
    [Theory]
    [InlineData("SE", 600, 333, "2500, 1200 or 600 with vat_category S, or 0 with Z or O")]
    [InlineData("SE", 600, 800, "2500, 1200 or 600 with vat_category S, or 0 with Z or O")]
    [InlineData("NO", 1_200, 800, "2500, 1500 or 1200 with vat_category S, or 0 with Z or O")]
    [InlineData("NO", 1_200, 600, "2500, 1500 or 1200 with vat_category S, or 0 with Z or O")]
    public async Task A_rate_that_the_operators_country_does_not_have_is_refused_with_those_that_are_allowed(
        string country, int own, int sent, string allowed)
    {
        var on = await OperatorAsync(country, own);
        var purchase = on.Buy(await on.AddCardAsync(), 1);
        purchase.VatBasisPoints = sent;

        var error = await WireError.OfAsync(on.Validator.AuthoriseAsync(purchase), StatusCode.InvalidArgument, "INVALID_FIELDS");

        Assert.Equal("vat_basis_points", error.FieldList);
        Assert.Contains(allowed, Assert.Single(error.Descriptions), StringComparison.Ordinal);
        Assert.Equal(0, await on.RowsAsync());
    }

    [Fact]
    public async Task Each_rate_of_the_country_is_accepted()
    {
        var on = await OperatorAsync("NO", 1_200);
        var card = await on.AddCardAsync();
        foreach (var (rate, category) in new[] { (2_500, ""), (1_500, "S"), (1_200, "S"), (0, "Z"), (0, "O") })
        {
            var purchase = on.Buy(card, 1);
            (purchase.VatBasisPoints, purchase.VatCategory) = (rate, category);
            Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(purchase)).Decision);
        }
    }

    [Fact]
    public async Task What_the_operator_chooses_is_in_force_in_a_moment_and_its_own_rate_is_always_among_it()
    {
        var on = await OperatorAsync("NO", 1_200);
        var card = await on.AddCardAsync();
        await SetRatesAsync(on, "{S1111}");
        await Eventually.TrueAsync(async () => await RefusalAsync(on, card, 2_500, "S") is not null, Eventually.Bound, "the choice is in force");

        Assert.Contains("vat_basis_points 1200 or 1111 with vat_category S", (await RefusalAsync(on, card, 0, "O"))!.Descriptions.Single(), StringComparison.Ordinal);
        Assert.Equal("vat_category", (await RefusalAsync(on, card, 0, "Z"))!.FieldList);
        Assert.Null(await RefusalAsync(on, card, 1_111, "S"));
        Assert.Null(await RefusalAsync(on, card, null, ""));
    }

    [Fact]
    public async Task An_advice_is_checked_like_a_purchase()
    {
        var on = await NewOperatorAsync();
        var sold = on.Buy(await on.AddCardAsync(), 1);
        sold.OccurredAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        sold.VatBasisPoints = 333;

        var violation = Assert.Single(Assert.Single(await on.Validator.AdviseAsync(new Advice { Purchase = sold })).Error.Violations);

        Assert.Equal("purchase.vat_basis_points", violation.Field);
        Assert.Contains("2500, 1200 or 600", violation.Description, StringComparison.Ordinal);
    }

    private async Task<WireOperator> OperatorAsync(string country, int own)
    {
        var on = await NewOperatorAsync(terms => terms with { VatBasisPoints = own });
        await Ledger.ExecuteAsync("update operator set country = @country where id = @Id", new { country, on.Terms.Id });
        await SetRatesAsync(on, null);
        if (country == "NO")
        {
            var card = await on.AddCardAsync();
            await Eventually.TrueAsync(
                async () => await RefusalAsync(on, card, 333, "S") is { } error && error.Descriptions.Single().Contains("1500", StringComparison.Ordinal),
                Eventually.Bound, "the server knows the country");
        }

        return on;
    }

    private Task SetRatesAsync(WireOperator on, string? rates) => Ledger.ExecuteAsync(
        "update operator set vat_rates = @rates::text[] where id = @Id; select pg_notify('access_token_changed', '')",
        new { rates, on.Terms.Id });

    private static async Task<WireError?> RefusalAsync(WireOperator on, Core.Instrument card, int? rate, string category)
    {
        var purchase = on.Buy(card, 1);
        purchase.VatCategory = category;
        if (rate is { } given)
        {
            purchase.VatBasisPoints = given;
        }

        try
        {
            await on.Validator.AuthoriseAsync(purchase);
            return null;
        }
        catch (RpcException e)
        {
            return await WireError.OfAsync(Task.FromException<AuthoriseResponse>(e), StatusCode.InvalidArgument, "INVALID_FIELDS");
        }
    }
}
