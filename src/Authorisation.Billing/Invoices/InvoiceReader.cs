using Authorisation.Administration.Access;
using Authorisation.Administration.Trips;
using Authorisation.Administration.Work;
using Authorisation.Billing.Amounts;
using Authorisation.Core;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>Reads invoices with their lines, which are the closed month's rows of the ledger.</summary>
internal sealed partial class InvoiceReader(ILogger<InvoiceReader> logger)
{
    private const string Columns = """
        r.id, r.kind, r.billing_snapshot_id, r.invoiced_minor, r.vat_basis_points, r.vat_category, r.card_number, r.description,
        r.purpose, r.product, r.occurred_at, r.recorded_at, r.credit_month
        """;

    // Which accounts have rows on the invoice is known from what they were sealed with. The payers are looked through
    // once for all the rows: joined without "materialized", Postgres may look through them for each account.
    private const string RowsSql = $"""
        with payer as materialized (
          select id, department_id, department_name, cost_centre, traveller_id, traveller_name
          from billing_snapshot
          where organisation_id = @OrganisationId and billing_reference = @BillingReference
        ), account as materialized (
          select distinct s.account_id as id
          from payer p
          cross join lateral (
            select s.account_id
            from billing.statement_part s
            where s.billing_snapshot_id = p.id and s.month = @Month and s.operator_id = @OperatorId
            offset 0) s
        ), found as materialized (
          select r.*
          from account a
          cross join lateral (
            select {Columns} from billing.month_rows(@OperatorId, a.id, @Month) r
            where r.invoiced_minor <> 0
            offset 0) r
          union all
          select r.*
          from payer p
          cross join lateral (
            select {Columns} from billing.month_rows(@OperatorId, @Month) r
            where r.source = 3 and r.billing_snapshot_id = p.id
            offset 0) r
        )
        select r.id, r.kind, r.invoiced_minor, r.vat_basis_points, r.vat_category,
               p.department_id, p.department_name, p.cost_centre, p.traveller_id, p.traveller_name,
               r.card_number, r.description, r.purpose, r.product, r.occurred_at, r.recorded_at, r.credit_month
        from found r
        join payer p on p.id = r.billing_snapshot_id
        """;

    /// <summary>The invoice of a row, with its lines.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="row">The row.</param>
    /// <param name="reader">
    /// What its reader may reach at the organisation; of a document, <see cref="TripSight.Employer"/>.
    /// </param>
    /// <param name="stop">Gives it up.</param>
    /// <exception cref="RefusedException">500: the lines do not come to what was invoiced.</exception>
    public async Task<Invoice> ReadAsync(NpgsqlConnection db, InvoiceHeader row, AccessScope reader, CancellationToken stop)
    {
        var seller = InvoiceJson.Read<Party>(row.SellerJson);
        var rows = await RowsAsync(db, row, seller.Country, stop);
        var taxes = (await TaxesAsync(db, [row.Id]))[row.Id].ToList();
        Check(row, rows, taxes);
        // Rows that sum to zero at their rate, as they were refunded, are not on the invoice.
        var rates = taxes.Select(tax => new VatRate(tax.Category, tax.BasisPoints)).ToHashSet();
        rows.RemoveAll(one => !rates.Contains(one.Vat));
        var corrects = await db.QueryAsync<(string Number, DateOnly IssuedOn)>(
            """
            select i.number, i.published_on
            from billing.invoice_correction c join billing.invoice i on i.id = c.corrected_id
            where c.invoice_id = @Id
            order by i.published_on, i.number
            """,
            new { row.Id });
        return new Invoice
        {
            Id = row.Id,
            Number = row.Number,
            Kind = row.Kind,
            OperatorCode = row.Operator,
            OrganisationId = row.OrganisationId,
            Organisation = row.OrganisationName,
            BillingReference = row.BillingReference,
            Month = row.CreditMonth,
            Currency = row.Currency,
            PublishedOn = row.PublishedOn,
            DueOn = row.DueOn,
            Seller = seller,
            Payment = InvoiceJson.Read<PaymentDetails>(row.PaymentJson),
            Buyer = InvoiceJson.Read<Party>(row.BuyerJson),
            Corrects = [.. corrects.Select(one => new InvoiceReference(one.Number, one.IssuedOn))],
            Taxes = taxes,
            Lines = await SeenAsync(db, row, reader, await LinesAsync(db, row, rows)),
        };
    }

    /// <summary>The lines; all signs turned where the invoice takes another one back.</summary>
    private static async Task<IReadOnlyList<InvoiceLine>> LinesAsync(NpgsqlConnection db, InvoiceHeader row, IReadOnlyList<BilledRow> rows)
    {
        var texts = await ProductTexts.ReadAsync(db, row.ProductTextsId);
        var lines = InvoiceLines.Of(rows, row.CreditMonth, row.ItemisesCards, row.Locale, texts);
        return row.Cancels is null
            ? lines
            : [.. lines.Select(line => line with { NetMinor = -line.NetMinor, GrossMinor = -line.GrossMinor })];
    }

    private static async Task<IReadOnlyList<InvoiceLine>> SeenAsync(
        NpgsqlConnection db, InvoiceHeader row, AccessScope reader, IReadOnlyList<InvoiceLine> lines)
    {
        var sight = await TripSight.ReadAsync(db, row.OperatorId, reader, lines.Select(line => line.TravellerId));
        return [.. lines.Select(line => line with
        {
            OccurredAt = sight.DayOnly(line.TravellerId, line.OccurredAt),
            RecordedAt = sight.DayOnly(line.TravellerId, line.RecordedAt),
            ShowsTime = sight.Shows(line.TravellerId),
        })];
    }

    /// <summary>What invoices come to by rate of VAT, by the id of the invoice.</summary>
    public static async Task<ILookup<Guid, TaxSubtotal>> TaxesAsync(NpgsqlConnection db, Guid[] ids) =>
        (await db.QueryAsync<(Guid Id, string Category, int BasisPoints, long GrossMinor, long NetMinor, long VatMinor)>(
            $"""
            select invoice_id, vat_category, vat_basis_points, gross_minor, net_minor, vat_minor
            from billing.invoice_tax
            where invoice_id = any(@ids)
            order by invoice_id, position(vat_category in '{VatLetters.InOrder}'), vat_basis_points desc
            """,
            new { ids }))
        .ToLookup(
            one => one.Id,
            one => new TaxSubtotal(
                VatLetters.Read(one.Category), one.BasisPoints, one.GrossMinor, one.NetMinor, one.VatMinor));

    private static async Task<List<BilledRow>> RowsAsync(NpgsqlConnection db, InvoiceHeader row, string country, CancellationToken stop)
    {
        var rows = new List<BilledRow>();
        await using var reader = await db.ExecuteReaderAsync(new CommandDefinition(RowsSql, row, cancellationToken: stop));
        while (await reader.ReadAsync(stop))
        {
            var read = BilledRow.Read(reader);
            var rate = InvoiceRates.Of(read.Vat, country, row.VatBasisPointsInstead);
            rows.Add(read with { VatCategory = rate.Category, VatBasisPoints = rate.BasisPoints });
        }

        return rows;
    }

    /// <summary>Makes sure that the ledger's rows come to what was invoiced at each rate.</summary>
    private void Check(InvoiceHeader row, IReadOnlyList<BilledRow> rows, IReadOnlyList<TaxSubtotal> invoiced)
    {
        var there = InvoiceAmounts.Subtotals(rows.Select(one => (one.VatCategory, one.VatBasisPoints, one.AmountMinor)));
        var sign = row.Cancels is null ? 1 : -1;
        var expected = invoiced.ToDictionary(tax => (tax.Category, tax.BasisPoints), tax => sign * tax.GrossMinor);
        var found = there.ToDictionary(tax => (tax.Category, tax.BasisPoints), tax => tax.GrossMinor);
        foreach (var rate in expected.Keys.Union(found.Keys))
        {
            var (expectedMinor, foundMinor) = (expected.GetValueOrDefault(rate), found.GetValueOrDefault(rate));
            if (expectedMinor != foundMinor)
            {
                var letter = VatLetters.Of(rate.Category);
                LogDifference(row.Number, row.Operator, letter, rate.BasisPoints, expectedMinor, foundMinor);
                throw new RefusedException(
                    ProblemCode.InvoiceDoesNotAddUp,
                    "The lines of the invoice do not come to what was invoiced; it is not shown until that is looked into.");
            }
        }
    }

    [LoggerMessage(
        5401,
        LogLevel.Error,
        "Invoice {Number} of {Operator} does not add up: {Category} {BasisPoints} was invoiced as {ExpectedMinor}, and its lines come to {FoundMinor}")]
    private partial void LogDifference(
        string number, string @operator, string category, int basisPoints, long expectedMinor, long foundMinor);
}
