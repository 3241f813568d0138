using Npgsql;

namespace Authorisation.Administration.Products;

/// <summary>A product with its price of today and those that come.</summary>
/// <param name="Row">The product.</param>
/// <param name="Prices">The price in force and the later ones, the earliest first.</param>
internal sealed record ProductDetails(ProductRow Row, IReadOnlyList<PriceRow> Prices)
{
    /// <summary>Reads it; null when there is none.</summary>
    public static async Task<ProductDetails?> FindAsync(NpgsqlConnection db, int operatorId, string code, DateOnly today) =>
        await ProductRow.FindAsync(db, operatorId, code, today) is { } row
            ? new ProductDetails(row, await PriceRow.FromAsync(db, operatorId, code, today))
            : null;
}
