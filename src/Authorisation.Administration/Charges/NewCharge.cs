using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Charges;

/// <summary>
/// An amount to be charged that is no purchase on a credit: it is invoiced and sealed like one. A charge is only ever added;
/// what takes it back is another one, of the opposite sign.
/// </summary>
internal sealed record NewCharge
{
    /// <summary>The longest description, in characters.</summary>
    public const int DescriptionCharactersMax = 200;

    /// <summary>Its id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The payer and the traveller.</summary>
    public required long BillingSnapshotId { get; init; }

    /// <summary>What kind of thing it is for, such as <c>ticket</c>.</summary>
    public required string SourceKind { get; init; }

    /// <summary>Which one: the same thing is charged once.</summary>
    public required string SourceId { get; init; }

    /// <summary>VAT included, in minor units; never 0.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>Its category and rate of VAT.</summary>
    public required VatRate Vat { get; init; }

    /// <summary>The month that it is for.</summary>
    public required CreditMonth CreditMonth { get; init; }

    /// <summary>What the invoice's line says, in the operator's language. It is sealed: no person is named in it.</summary>
    public required string Description { get; init; }

    /// <summary>The product, as clients name it.</summary>
    public string? Product { get; init; }

    /// <summary>Why it was bought.</summary>
    public string? Purpose { get; init; }

    /// <summary>
    /// Adds charges to the invoices of the first open month that is not before their own: what is done on the 1st before
    /// the month that is over was closed stands on the new month's, and what takes back something of a closed month on
    /// that of the first open one.
    /// </summary>
    /// <remarks>
    /// Closing a month takes its lock alone. So the first open month, read behind a shared lock of a month, is not beyond
    /// that month until the transaction ends. Called last in a transaction, as closing holds back others meanwhile.
    /// </remarks>
    public static async Task AddAsync(NpgsqlConnection db, OperatorTerms terms, params IReadOnlyList<NewCharge> charges)
    {
        foreach (var ofMonth in charges.GroupBy(charge => charge.CreditMonth))
        {
            var invoiceMonth = await LockOpenAsync(db, terms.Id, ofMonth.Key);
            await InsertAsync(db, terms.Id, invoiceMonth, [.. ofMonth]);
        }
    }

    /// <summary>
    /// Takes back a charge whole, on the invoice of the first open month: its own while that is open; and with it what is
    /// taken from a salary for it. Does nothing when that was done before.
    /// </summary>
    /// <returns>The charge that does; null when there is one already.</returns>
    public static async Task<Guid?> ReverseAsync(NpgsqlConnection db, OperatorTerms terms, Guid chargeId)
    {
        var charge = await db.QuerySingleAsync<(int InvoiceMonth, string Description)>(
            "select invoice_month, description from billing.charge where id = @chargeId", new { chargeId });
        var invoiceMonth = await LockOpenAsync(db, terms.Id, CreditMonth.FromNumber(charge.InvoiceMonth));
        await PayrollDeductions.TakeBackAsync(db, chargeId, invoiceMonth);
        return await db.QuerySingleOrDefaultAsync<Guid?>(
            """
            insert into billing.charge (
              id, operator_id, billing_snapshot_id, source_kind, source_id, reverses, amount_minor, vat_basis_points,
              vat_category, credit_month, invoice_month, description, product, purpose, occurred_at)
            select @id, operator_id, billing_snapshot_id, source_kind || '_reversal', source_id, id, -amount_minor,
                   vat_basis_points, vat_category, credit_month, @invoiceMonth, @description, product, purpose, ledger_now()
            from billing.charge c where c.id = @chargeId
            on conflict (reverses) do nothing
            returning id
            """,
            new
            {
                id = Guid.CreateVersion7(),
                chargeId,
                invoiceMonth,
                description = Cut($"{ChargeTexts.TakenBack(terms.Language)}: {charge.Description}"),
            });
    }

    /// <summary>A text as long as a description may be.</summary>
    public static string Cut(string text) =>
        text.Length <= DescriptionCharactersMax ? text : text[..(DescriptionCharactersMax - 1)] + "…";

    /// <summary>The month that it is by the operator's clocks.</summary>
    public static async Task<CreditMonth> MonthAsync(NpgsqlConnection db, OperatorTerms terms) =>
        CreditMonth.Of(await ControlDatabase.NowAsync(db), terms.Zone);

    private static async Task<int> LockOpenAsync(NpgsqlConnection db, int operatorId, CreditMonth earliest)
    {
        var month = earliest.Number;
        while (true)
        {
            await db.ExecuteAsync("select pg_advisory_xact_lock_shared(@operatorId, @month)", new { operatorId, month });
            var open = await db.QuerySingleAsync<int>(
                "select first_open_month from operator where id = @operatorId", new { operatorId });
            if (open <= month)
            {
                return month;
            }

            month = open;
        }
    }

    // In one statement, so that they are spent of each budget together.
    private static Task<int> InsertAsync(NpgsqlConnection db, int operatorId, int invoiceMonth, NewCharge[] charges) => db.ExecuteAsync(
        """
        insert into billing.charge (
          id, operator_id, billing_snapshot_id, source_kind, source_id, amount_minor, vat_basis_points, vat_category,
          credit_month, invoice_month, description, product, purpose, occurred_at)
        select c.id, @operatorId, c.snapshot, c.kind, c.source, c.minor, c.vat, c.category, c.credit, @invoiceMonth, c.description,
               c.product, c.purpose, ledger_now()
        from unnest(
          @ids, @snapshots, @kinds, @sources, @amounts, @vats, @categories, @credits, @descriptions, @products, @purposes)
          c(id, snapshot, kind, source, minor, vat, category, credit, description, product, purpose)
        """,
        new
        {
            operatorId,
            invoiceMonth,
            ids = charges.Select(one => one.Id).ToArray(),
            snapshots = charges.Select(one => one.BillingSnapshotId).ToArray(),
            kinds = charges.Select(one => one.SourceKind).ToArray(),
            sources = charges.Select(one => one.SourceId).ToArray(),
            amounts = charges.Select(one => one.AmountMinor).ToArray(),
            vats = charges.Select(one => one.Vat.BasisPoints).ToArray(),
            categories = charges.Select(one => VatLetters.Of(one.Vat.Category)).ToArray(),
            credits = charges.Select(one => one.CreditMonth.Number).ToArray(),
            descriptions = charges.Select(one => Cut(one.Description)).ToArray(),
            products = charges.Select(one => one.Product).ToArray(),
            purposes = charges.Select(one => one.Purpose).ToArray(),
        });
}
