using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Products;

/// <summary>A product as the database has it, with what it costs on one day.</summary>
internal sealed record ProductRow
{
    private const string Sql = """
        select p.operator_id, p.code, p.name_sv, p.name_nb, p.name_en, p.kind, p.zones, p.traveller_category,
               p.vat_basis_points, p.vat_category, p.sold_by, p.revision, price_on(p.operator_id, p.code, @day) as price_minor
        from product p
        """;

    public required int OperatorId { get; init; }

    /// <summary>What clients name it by in a purchase.</summary>
    public required string Code { get; init; }

    public required string NameSv { get; init; }

    public required string NameNb { get; init; }

    public required string NameEn { get; init; }

    public required ProductKind Kind { get; init; }

    /// <summary>Where it is valid; null for the whole county.</summary>
    public string[]? Zones { get; init; }

    public required string TravellerCategory { get; init; }

    public required int VatBasisPoints { get; init; }

    public required string VatCategory { get; init; }

    public required SoldBy SoldBy { get; init; }

    public required long Revision { get; init; }

    /// <summary>What it costs on the day that was asked for, VAT included; null when it had no price then.</summary>
    public long? PriceMinor { get; init; }

    /// <summary>Its category and rate of VAT.</summary>
    public VatRate Vat => new(VatLetters.Read(VatCategory), VatBasisPoints);

    /// <summary>Its name in the language of an operator.</summary>
    public string NameIn(string language) => language switch
    {
        "nb" => NameNb,
        "en" => NameEn,
        _ => NameSv,
    };

    /// <summary>What the audit trail says of a product before and after a change of it.</summary>
    public object Audited() => new
    {
        Code,
        Names = new { sv = NameSv, nb = NameNb, en = NameEn },
        Kind = Words.Of(Kind),
        Zones,
        TravellerCategory,
        VatCategory,
        VatBasisPoints,
        SoldBy = SoldByNames.Of(SoldBy),
    };

    /// <summary>Whether two products are the same but for revision and price.</summary>
    public bool IsSame(ProductRow other) =>
        this with { Zones = null, Revision = 0, PriceMinor = null } == other with { Zones = null, Revision = 0, PriceMinor = null }
        && (Zones ?? []).SequenceEqual(other.Zones ?? [], StringComparer.Ordinal);

    /// <summary>A product with its price of a day; null when there is none.</summary>
    public static async Task<ProductRow?> FindAsync(
        NpgsqlConnection db, int operatorId, string code, DateOnly day, bool forChange = false) =>
        await db.QuerySingleOrDefaultAsync<ProductRow>(
            $"{Sql} where p.operator_id = @operatorId and p.code = @code {(forChange ? "for no key update of p" : "")}",
            new { operatorId, code, day });

    /// <summary>Products by their codes, with their prices of a day.</summary>
    public static async Task<IReadOnlyDictionary<string, ProductRow>> FindAsync(
        NpgsqlConnection db, int operatorId, IReadOnlyCollection<string> codes, DateOnly day) =>
        (await db.QueryAsync<ProductRow>(
            $"{Sql} where p.operator_id = @operatorId and p.code = any(@codes)",
            new { operatorId, codes = codes.ToArray(), day }))
        .ToDictionary(row => row.Code, StringComparer.Ordinal);

    /// <summary>An operator's products in the order of their codes, with their prices of a day.</summary>
    public static async Task<IReadOnlyList<ProductRow>> ListAsync(
        NpgsqlConnection db, int operatorId, ProductFilter filter, DateOnly day, string after, int count) =>
        [.. await db.QueryAsync<ProductRow>(
            $"""
            {Sql}
            where p.operator_id = @operatorId and p.code > @after
              and (@Kind::smallint is null or p.kind = @Kind)
              and (@SoldBy::smallint is null or p.sold_by & @SoldBy <> 0)
              and (@text::text is null or p.code ilike @text or p.name_sv ilike @text or p.name_nb ilike @text
                or p.name_en ilike @text)
            order by p.code limit @count
            """,
            new
            {
                operatorId,
                day,
                after,
                count,
                Kind = (short?)filter.Kind,
                SoldBy = (short?)filter.SoldBy,
                text = SearchText.Escape(filter.Search) is { } text ? $"%{text}%" : null,
            })];

    /// <summary>What an operator's products are called in a language, by their codes.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> NamesAsync(NpgsqlConnection db, int operatorId, string language) =>
        (await db.QueryAsync<(string Code, string Name)>(
            """
            select code, case @language when 'nb' then name_nb when 'en' then name_en else name_sv end
            from product where operator_id = @operatorId
            """,
            new { operatorId, language }))
        .ToDictionary(one => one.Code, one => one.Name, StringComparer.Ordinal);

    /// <summary>Adds the product.</summary>
    public Task AddAsync(NpgsqlConnection db) => db.ExecuteAsync(
        """
        insert into product (
          operator_id, code, name_sv, name_nb, name_en, kind, zones, traveller_category, vat_basis_points, vat_category, sold_by)
        values (
          @OperatorId, @Code, @NameSv, @NameNb, @NameEn, @kind, @Zones, @TravellerCategory, @VatBasisPoints, @VatCategory, @soldBy)
        """,
        Stored());

    /// <summary>Changes the product, whose row is locked.</summary>
    public Task SaveAsync(NpgsqlConnection db) => db.ExecuteAsync(
        """
        update product
        set name_sv = @NameSv, name_nb = @NameNb, name_en = @NameEn, zones = @Zones, traveller_category = @TravellerCategory,
            vat_basis_points = @VatBasisPoints, vat_category = @VatCategory, sold_by = @soldBy, revision = @Revision
        where operator_id = @OperatorId and code = @Code
        """,
        Stored());

    private object Stored() => new
    {
        OperatorId,
        Code,
        NameSv,
        NameNb,
        NameEn,
        kind = (short)Kind,
        Zones,
        TravellerCategory,
        VatBasisPoints,
        VatCategory,
        soldBy = (short)SoldBy,
        Revision,
    };
}

/// <summary>Which products a list is narrowed to; null is no matter.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="SoldBy">One way in which they are sold.</param>
/// <param name="Search">Part of the code or of a name.</param>
internal sealed record ProductFilter(ProductKind? Kind = null, SoldBy? SoldBy = null, string? Search = null);
