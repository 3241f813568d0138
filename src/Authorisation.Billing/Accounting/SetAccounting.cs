using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.Accounting;

/// <summary>The accounts of a rate as they are to be.</summary>
/// <param name="VatCategory"><c>S</c>, <c>Z</c> or <c>O</c>.</param>
/// <param name="VatBasisPoints">In hundredths of a percent.</param>
/// <param name="RevenueAccount">Of the net.</param>
/// <param name="VatAccount">Of the output VAT.</param>
internal sealed record RateAccountsRequest(string? VatCategory, int? VatBasisPoints, string? RevenueAccount, string? VatAccount);

/// <summary>The accounts as they are to be.</summary>
/// <param name="ReceivablesAccount">Of what is to be paid.</param>
/// <param name="RoundingAccount">Of what net and VAT leave of it.</param>
/// <param name="Rates">Of each rate.</param>
internal sealed record AccountingRequest(
    string? ReceivablesAccount, string? RoundingAccount, IReadOnlyList<RateAccountsRequest?>? Rates);

/// <summary>Sets the accounts that an operator's invoices go to; by its staff.</summary>
internal sealed class SetAccounting
{
    /// <returns>The accounts and their revision.</returns>
    /// <exception cref="RefusedException">
    /// The principal is not the operator's staff, the operator is not in Sweden, a field is wrong, or another set them first.
    /// </exception>
    public async Task<(AccountPlan Plan, long Revision)> RunAsync(UnitOfWork work, string code, Request<AccountingRequest> request)
    {
        var terms = await AccountingOperator.GetAsync(work, code);
        var (before, revision) = await AccountPlan.FindAsync(work.Db, terms.Id, forChange: true);
        var asked = request.Read();
        var fields = new Fields();
        var after = new AccountPlan(
            Account(fields, "receivables_account", asked.ReceivablesAccount),
            Account(fields, "rounding_account", asked.RoundingAccount),
            Rates(fields, asked.Rates, terms.Country));
        fields.ThrowIfAny();
        request.RequireRevision(revision);
        await after.SaveAsync(work.Db, terms.Id, revision + 1);
        await work.AuditAsync("accounting.set", "operator:" + terms.Code, terms.Id, before: before, after: after);
        return (after, revision + 1);
    }

    private static string Account(Fields fields, string field, string? sent)
    {
        if (string.IsNullOrWhiteSpace(sent))
        {
            fields.Add(field, FieldCode.Required, "is required: an account of four digits");
            return "";
        }

        var account = sent.Trim();
        if (account.Length != Limits.AccountDigits || !account.All(char.IsAsciiDigit) || account[0] == '0')
        {
            fields.Add(field, FieldCode.Malformed, "must be an account of four digits, the first not 0");
        }

        return account;
    }

    private static List<RateAccounts> Rates(Fields fields, IReadOnlyList<RateAccountsRequest?>? sent, string country)
    {
        const string Field = "rates";
        if (sent is null or { Count: 0 })
        {
            fields.Add(Field, FieldCode.Required, "is required: the accounts of each rate of VAT that invoices have");
            return [];
        }

        if (sent.Count > Limits.AccountingRatesMax)
        {
            fields.Add(Field, FieldCode.TooLong, $"must have at most {Limits.AccountingRatesMax} rates");
            return [];
        }

        var rates = new List<RateAccounts>();
        for (var i = 0; i < sent.Count; i++)
        {
            var field = $"{Field}[{i}]";
            if (Read(fields, field, sent[i], country) is not { } rate)
            {
                continue;
            }

            if (rates.Exists(other => other.Rate == rate.Rate))
            {
                fields.Add(field, FieldCode.Taken, "is of a rate that stands before it");
            }

            rates.Add(rate);
        }

        return rates;
    }

    private static RateAccounts? Read(Fields fields, string field, RateAccountsRequest? sent, string country)
    {
        var revenue = Account(fields, field + ".revenue_account", sent?.RevenueAccount);
        var category = VatLetters.Find(sent?.VatCategory);
        if (category is null)
        {
            fields.AddNotOneOf(field + ".vat_category", [.. VatLetters.All]);
        }

        const string BasisPoints = ".vat_basis_points";
        var rate = new VatRate(category ?? VatCategory.Standard, sent?.VatBasisPoints ?? -1);
        if (sent?.VatBasisPoints is null)
        {
            fields.Add(field + BasisPoints, FieldCode.Required, "is required: the rate in hundredths of a percent");
        }
        else if (category is not null && !rate.IsExpressibleIn(country))
        {
            fields.Add(
                field + BasisPoints, FieldCode.NotPossible,
                category == VatCategory.Standard ? "must be 2500, 1200 or 600 with vat_category S" : "must be 0 with Z and O");
        }

        var hasVat = category is VatCategory.Standard;
        if (category is not null && !hasVat && !string.IsNullOrWhiteSpace(sent?.VatAccount))
        {
            fields.Add(field + ".vat_account", FieldCode.NotPossible, "must be absent with Z and O, which have no VAT");
        }

        var vat = hasVat ? Account(fields, field + ".vat_account", sent?.VatAccount) : null;
        return category is null ? null : new RateAccounts(VatLetters.Of(rate.Category), rate.BasisPoints, revenue, vat);
    }
}
