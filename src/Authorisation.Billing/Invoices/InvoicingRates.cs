using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>The rates of VAT that an operator's purchases may have.</summary>
internal static class InvoicingRates
{
    /// <summary>What is to be stored: null for the rates of the country. Of use only when nothing was wrong.</summary>
    /// <param name="fields">Where everything that is wrong is added.</param>
    /// <param name="sent">What was sent; null for nothing.</param>
    /// <param name="terms">The operator.</param>
    public static string[]? Read(Fields fields, IReadOnlyList<VatRateRequest?>? sent, OperatorTerms terms)
    {
        if (sent is null)
        {
            return null;
        }

        var rates = new List<VatRate>();
        for (var i = 0; i < sent.Count; i++)
        {
            if (Read(fields, $"vat_rates[{i}]", sent[i], terms.Country) is { } rate)
            {
                rates.Add(rate);
            }
        }

        var own = new VatRate(VatCategory.Standard, terms.VatBasisPoints);
        if (rates.Count == sent.Count && !rates.Contains(own))
        {
            fields.Add(
                "vat_rates", FieldCode.Required,
                $"must have the operator's own rate, {VatLetters.Of(own.Category)} with {own.BasisPoints}: purchases that "
                + "name no rate have it");
        }

        var stored = new VatRates(rates).All.Select(rate => rate.ToString()).ToArray();
        var ofCountry = (terms with { VatRates = null }).VatRatesInForce.All.Select(rate => rate.ToString());
        return stored.SequenceEqual(ofCountry, StringComparer.Ordinal) ? null : stored;
    }

    /// <summary>Stores the choice, and makes the servers read it.</summary>
    public static async Task SaveAsync(NpgsqlConnection db, OperatorTerms before, string[]? rates)
    {
        if (before.VatRates is null ? rates is not null : rates is null || !before.VatRates.SequenceEqual(rates, StringComparer.Ordinal))
        {
            await db.ExecuteAsync(
                "update operator set vat_rates = @rates where id = @Id; select pg_notify('access_token_changed', '')",
                new { rates, before.Id });
        }
    }

    private static VatRate? Read(Fields fields, string field, VatRateRequest? sent, string country)
    {
        if (VatLetters.Find(sent?.VatCategory) is not { } category)
        {
            fields.AddNotOneOf(field + ".vat_category", [.. VatLetters.All]);
            return null;
        }

        var rate = new VatRate(category, sent!.VatBasisPoints ?? -1);
        if (rate.IsExpressibleIn(country))
        {
            return rate;
        }

        fields.Add(field + ".vat_basis_points", FieldCode.NotPossible, rate.Category != VatCategory.Standard
            ? $"must be 0 with vat_category {sent.VatCategory}"
            : country == "SE"
                ? "must be 2500, 1200 or 600: an e-invoice of a Swedish seller can have no other standard rate (SE-R-006)"
                : $"must be 1 to {Limits.VatBasisPointsMax} hundredths of a percent");
        return null;
    }
}
