using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Invoices;

/// <summary>An invoice as the database has it, without its lines.</summary>
internal sealed record InvoiceHeader
{
    /// <summary>Whether the day of an invoice <c>i</c> has come, by the calendar of its operator <c>o</c>.</summary>
    public const string IsPublishedSql = "i.published_on <= (ledger_now() at time zone o.time_zone)::date";

    /// <summary>To be followed by <c>where</c>.</summary>
    public const string Columns = $"""
        i.id, i.operator_id, o.code as operator, o.language, o.time_zone, i.month, i.organisation_id, i.billing_reference,
        i.organisation_name, i.kind, i.number, i.currency, i.net_minor, i.vat_minor, i.rounding_minor, i.total_minor,
        i.published_on, i.due_on, i.itemises_cards, i.seller::text as seller_json, i.payment::text as payment_json,
        i.buyer::text as buyer_json, i.product_texts_id,
        i.vat_basis_points_instead, i.cancels, cancelled.number as cancels_number, note.number as cancelled_by_number,
        i.replaces, replaced.number as replaces_number, instead.number as replaced_by_number
        from billing.invoice i
        join operator o on o.id = i.operator_id
        left join billing.invoice cancelled on cancelled.id = i.cancels
        left join billing.invoice replaced on replaced.id = i.replaces
        left join billing.invoice note on note.cancels = i.id
        left join billing.invoice instead on instead.replaces = i.id
        """;

    public required Guid Id { get; init; }

    public required int OperatorId { get; init; }

    public required string Operator { get; init; }

    public required string Language { get; init; }

    public required string TimeZone { get; init; }

    public required int Month { get; init; }

    public required Guid OrganisationId { get; init; }

    public required string BillingReference { get; init; }

    public required string OrganisationName { get; init; }

    public required InvoiceKind Kind { get; init; }

    public required string Number { get; init; }

    public required string Currency { get; init; }

    public required long NetMinor { get; init; }

    public required long VatMinor { get; init; }

    public required long RoundingMinor { get; init; }

    public required long TotalMinor { get; init; }

    public required DateOnly PublishedOn { get; init; }

    public required DateOnly DueOn { get; init; }

    public required bool ItemisesCards { get; init; }

    public required string SellerJson { get; init; }

    public required string PaymentJson { get; init; }

    public required string BuyerJson { get; init; }

    /// <summary>What products are called on it; null where nothing was set.</summary>
    public long? ProductTextsId { get; init; }

    /// <summary>The rate used for rows whose own rate the seller's country does not have.</summary>
    public int? VatBasisPointsInstead { get; init; }

    /// <summary>The invoice that it takes back whole.</summary>
    public Guid? Cancels { get; init; }

    public string? CancelsNumber { get; init; }

    /// <summary>The number of what takes it back whole; null while it is in force.</summary>
    public string? CancelledByNumber { get; init; }

    /// <summary>The invoice that it stands instead of.</summary>
    public Guid? Replaces { get; init; }

    public string? ReplacesNumber { get; init; }

    /// <summary>The number of what stands instead of it.</summary>
    public string? ReplacedByNumber { get; init; }

    /// <summary>The month.</summary>
    public CreditMonth CreditMonth => CreditMonth.FromNumber(Month);

    /// <summary>How the operator writes.</summary>
    public Locale Locale => new(Language, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));

    /// <summary>A stored invoice.</summary>
    public static Task<InvoiceHeader> GetAsync(NpgsqlConnection db, Guid id) =>
        db.QuerySingleAsync<InvoiceHeader>($"select {Columns} where i.id = @id", new { id });

    /// <summary>The invoice, for a principal who may see it, and what the principal may reach there.</summary>
    /// <exception cref="RefusedException">There is none to be seen, or the right to reports is missing.</exception>
    public static async Task<(InvoiceHeader Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var row = await work.Db.QuerySingleOrDefaultAsync<InvoiceHeader>(
            $"select {Columns} where i.id = @id", new { id })
            ?? throw Problems.NotFound();
        var scope = work.Principal.At(row.OperatorId, row.OrganisationId).RequireSight().Require(
            AdministratorRights.Reports);
        if (scope.IsStaff)
        {
            return (row, scope);
        }

        // The same condition as in the list.
        var visible = InvoiceScope.At(row.OrganisationId, scope);
        var isSeen = await work.Db.ExecuteScalarAsync<bool>(
            $"select exists (select {Columns} where i.id = @id and ({visible.Sql}))",
            new { id, visible.StaffOf, visible.Wide, visible.Narrow, visible.Departments });
        return isSeen ? (row, scope) : throw Problems.NotFound();
    }
}
