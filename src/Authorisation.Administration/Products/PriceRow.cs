using Authorisation.Administration.Access;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Products;

/// <summary>A price and the first day that it is valid on.</summary>
/// <param name="ValidFrom">The first day, by the operator's calendar.</param>
/// <param name="PriceMinor">VAT included, in minor units.</param>
/// <param name="AddedAt">When it was added.</param>
internal sealed record PriceRow(DateOnly ValidFrom, long PriceMinor, DateTime AddedAt)
{
    /// <summary>The price of a day and those that come after it, the earliest first.</summary>
    public static async Task<IReadOnlyList<PriceRow>> FromAsync(
        NpgsqlConnection db, int operatorId, string product, DateOnly day) =>
        [.. await db.QueryAsync<PriceRow>(
            """
            select distinct on (p.valid_from) p.valid_from, p.price_minor, p.added_at
            from product_price p
            where p.operator_id = @operatorId and p.product = @product
              and p.valid_from >= coalesce((
                select max(o.valid_from) from product_price o
                where o.operator_id = @operatorId and o.product = @product and o.valid_from <= @day), @day)
            order by p.valid_from, p.id desc
            limit @count
            """,
            new { operatorId, product, day, count = Limits.PageSizeMax })];

    /// <summary>Why a price cannot begin on a day; null when it can.</summary>
    /// <param name="validFrom">The first day.</param>
    /// <param name="today">The day that it is by the operator's calendar.</param>
    /// <param name="hasPrice">Whether the product has a price already, of whatever day.</param>
    public static string? WhyNot(DateOnly validFrom, DateOnly today, bool hasPrice)
    {
        var first = hasPrice ? today.AddDays(1) : today;
        return validFrom >= first
            ? null
            : hasPrice
                ? $"must be {Text(first)} or later: the prices of a day that has begun stand"
                : $"must be {Text(first)} or later";
    }

    /// <summary>Whether a product has a price of whatever day.</summary>
    public static Task<bool> HasAnyAsync(NpgsqlConnection db, int operatorId, string product) => db.ExecuteScalarAsync<bool>(
        "select exists (select from product_price where operator_id = @operatorId and product = @product)",
        new { operatorId, product });

    /// <summary>Adds a price of a product whose row is locked, with its line of the audit trail.</summary>
    public static async Task AddAsync(UnitOfWork work, ProductRow product, DateOnly validFrom, long priceMinor)
    {
        await work.Db.ExecuteAsync(
            """
            insert into product_price (operator_id, product, valid_from, price_minor)
            values (@OperatorId, @Code, @validFrom, @priceMinor)
            """,
            new { product.OperatorId, product.Code, validFrom, priceMinor });
        await work.AuditAsync(
            "product.priced", "product:" + product.Code, product.OperatorId,
            after: new { Product = product.Code, ValidFrom = validFrom, PriceMinor = priceMinor });
    }

    /// <summary>A day as it is written.</summary>
    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
