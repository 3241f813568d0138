using Authorisation.Administration.Access;
using Authorisation.Administration.Charges;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.StaffOffers;

/// <summary>What an employer offers its people, with the product's name and price of today.</summary>
internal sealed record StaffOfferRow
{
    /// <summary>To be followed by <c>where</c>.</summary>
    public const string Columns = """
        f.id, f.operator_id, o.currency, f.organisation_id, f.product, p.name_sv, p.name_nb, p.name_en, o.language, f.months,
        f.employer_percent, f.employer_minor, f.made_at, f.closed_at,
        case when p.sold_by & 4 <> 0 then price_on(p.operator_id, p.code, (ledger_now() at time zone o.time_zone)::date) end as price_minor
        from control.staff_offer f
        join operator o on o.id = f.operator_id
        join product p on p.operator_id = f.operator_id and p.code = f.product
        """;

    public required Guid Id { get; init; }

    public required int OperatorId { get; init; }

    public required string Currency { get; init; }

    public required Guid OrganisationId { get; init; }

    /// <summary>The product's code.</summary>
    public required string Product { get; init; }

    public required string NameSv { get; init; }

    public required string NameNb { get; init; }

    public required string NameEn { get; init; }

    /// <summary>The operator's language.</summary>
    public required string Language { get; init; }

    /// <summary>In how many months' payrolls it is taken.</summary>
    public required short Months { get; init; }

    public short? EmployerPercent { get; init; }

    public long? EmployerMinor { get; init; }

    public required DateTime MadeAt { get; init; }

    /// <summary>When it was taken back; null while it can be applied for.</summary>
    public DateTime? ClosedAt { get; init; }

    /// <summary>The price of today, VAT included; null when it is not sold as a staff offer any more.</summary>
    public long? PriceMinor { get; init; }

    /// <summary>The product's name in the operator's language.</summary>
    public string Name => Language switch
    {
        "nb" => NameNb,
        "en" => NameEn,
        _ => NameSv,
    };

    /// <summary>What the employer bears.</summary>
    public EmployerShare Share => new(EmployerPercent, EmployerMinor);

    /// <summary>What the audit trail says of it.</summary>
    public object Audited() => new { Id, Product, Months, EmployerPercent, EmployerMinor };

    public static Task<StaffOfferRow?> FindAsync(NpgsqlConnection db, Guid id) =>
        db.QuerySingleOrDefaultAsync<StaffOfferRow>($"select {Columns} where f.id = @id", new { id });

    /// <summary>The offer, for its organisation's administrators and travellers, and for staff.</summary>
    /// <exception cref="RefusedException">404.</exception>
    public static async Task<(StaffOfferRow Row, AccessScope Scope)> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var row = await FindAsync(work.Db, id) ?? throw Problems.NotFound();
        var scope = work.Principal.At(row.OperatorId, row.OrganisationId);
        return scope.TravellerId is not null ? (row, scope) : (row, scope.RequireSight());
    }
}
