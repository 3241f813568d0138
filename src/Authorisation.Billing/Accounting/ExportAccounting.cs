using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Accounting;

/// <summary>
/// Writes the invoices of a closed month for an operator's bookkeeping: a verification for each, also for those that later
/// corrections made for the month, with the number of the invoice in its series.
/// </summary>
internal sealed class ExportAccounting
{
    /// <returns>The file, and what it is called.</returns>
    /// <exception cref="RefusedException">
    /// The principal is not the operator's staff, the operator is not in Sweden, accounts are not set or lack a rate that was
    /// invoiced, the month is not closed, its invoices are not made yet, or an invoice does not add up.
    /// </exception>
    public async Task<(byte[] File, string Name)> RunAsync(UnitOfWork work, string code, string asked)
    {
        var terms = await AccountingOperator.GetAsync(work, code);
        if (!CreditMonth.TryParse(asked, out var month))
        {
            throw Problems.Field("month", FieldCode.Malformed, Words.NoMonth);
        }

        var plan = (await AccountPlan.FindAsync(work.Db, terms.Id)).Plan ?? throw AccountingOperator.NotSet(terms);
        await RequireInvoicedAsync(work.Db, terms, month);
        var invoicing = await Invoicing.FindAsync(work.Db, terms.Id) ?? throw AccountingOperator.NotSet(terms);
        var invoices = (await work.Db.QueryAsync<BookedInvoice>(
            """
            select i.id, i.series_number, i.number, i.kind, i.published_on, i.organisation_name, i.total_minor, i.rounding_minor
            from billing.invoice i
            where i.operator_id = @Id and i.month = @month
            order by i.series_number
            """,
            new { terms.Id, month = month.Number })).ToList();
        var taxes = await InvoiceReader.TaxesAsync(work.Db, [.. invoices.Select(invoice => invoice.Id)]);
        RequireAccounts(plan, terms, invoices.SelectMany(invoice => taxes[invoice.Id]));
        var made = LocalDay.Of(await ControlDatabase.NowAsync(work.Db), terms.Zone);
        var file = new SieFile(invoicing.Seller, terms.Currency, plan, made);
        foreach (var invoice in invoices)
        {
            file.Add(invoice, [.. taxes[invoice.Id]]);
        }

        return (file.ToBytes(), $"{terms.Code}-accounting-{month}.si");
    }

    private static async Task RequireInvoicedAsync(NpgsqlConnection db, OperatorTerms terms, CreditMonth month)
    {
        var run = await MonthEndRun.ClosingAsync(db, terms.Id, month);
        if (run?.ClosedAt is null)
        {
            throw new RefusedException(ProblemCode.NotClosed, $"{month} is not closed: its invoices are made at its end.");
        }

        if (run.State != MonthEndState.Done)
        {
            throw new RefusedException(
                ProblemCode.MonthEndRunning,
                $"The invoices of {month} may not all be made: GET /v1/month-ends/{run.Id} says how far the work has come.");
        }
    }

    private static void RequireAccounts(AccountPlan plan, OperatorTerms terms, IEnumerable<TaxSubtotal> invoiced)
    {
        var missing = invoiced.Select(tax => new VatRate(tax.Category, tax.BasisPoints)).Distinct()
            .Except(plan.Rates.Select(rate => rate.Rate)).ToList();
        if (missing.Count > 0)
        {
            throw new RefusedException(
                ProblemCode.AccountingIncomplete,
                $"No accounts are set for {string.Join(", ", missing.Select(rate => $"{VatLetters.Of(rate.Category)} {Decimals.Percent(rate.BasisPoints)} %"))}, "
                + $"which the month's invoices have: PUT /v1/operators/{terms.Code}/accounting.");
        }
    }
}

/// <summary>An invoice that is booked.</summary>
internal sealed record BookedInvoice
{
    public required Guid Id { get; init; }

    /// <summary>Its number in the operator's series, without the prefix.</summary>
    public required long SeriesNumber { get; init; }

    public required string Number { get; init; }

    public required InvoiceKind Kind { get; init; }

    /// <summary>Its date.</summary>
    public required DateOnly PublishedOn { get; init; }

    public required string OrganisationName { get; init; }

    /// <summary>What is to be paid, in minor units; below 0 for a credit note.</summary>
    public required long TotalMinor { get; init; }

    /// <summary>What net and VAT leave of it.</summary>
    public required long RoundingMinor { get; init; }
}
