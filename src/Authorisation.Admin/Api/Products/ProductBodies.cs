using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Products;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Products;

/// <summary>Marks a list of where a product may be sold.</summary>
internal sealed class SoldByWordsAttribute : WordsOfAttribute
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> All => SoldByNames.All;
}

/// <summary>The names of a product.</summary>
/// <param name="Sv">In Swedish.</param>
/// <param name="Nb">In Norwegian.</param>
/// <param name="En">In English.</param>
internal sealed record ProductNames(
    [Required, MaxLength(Limits.ProductNameCharactersMax)] string? Sv,
    [Required, MaxLength(Limits.ProductNameCharactersMax)] string? Nb,
    [Required, MaxLength(Limits.ProductNameCharactersMax)] string? En);

/// <summary>A product as it is to be: what is not sent is as if it had never been set.</summary>
/// <param name="Names">What it is called; invoices have the name in the operator's language.</param>
/// <param name="Kind">What kind of ticket it is. It never changes.</param>
/// <param name="Zones">Where it is valid; the whole county unless given.</param>
/// <param name="TravellerCategory">The travellers that it is for.</param>
/// <param name="VatCategory">S, Z or O; together with vat_basis_points one of the operator's rates.</param>
/// <param name="VatBasisPoints">In hundredths of a percent; 0 with Z and O.</param>
/// <param name="SoldBy">
/// Where it may be sold: by travellers on credit, by order of an administrator, as a staff offer, as a subscription. Empty
/// for nowhere any more.
/// </param>
internal sealed record ProductBody(
    [Required] ProductNames? Names,
    [Required, WordsOf<ProductKind>] string? Kind,
    [MaxLength(Limits.ZonesMax), MaxTextLength(Limits.ZoneCharactersMax)] IReadOnlyList<string?>? Zones,
    [Required, WordsOf<TravellerCategory>] string? TravellerCategory,
    [Required, AllowedValues("S", "Z", "O")] string? VatCategory,
    [Required, Range(0, Limits.VatBasisPointsMax)] int? VatBasisPoints,
    [Required, SoldByWords] IReadOnlyList<string?>? SoldBy)
{
    /// <summary>What is asked for.</summary>
    public ProductRequest ToRequest() => new(
        Names?.Sv, Names?.Nb, Names?.En, Kind, Zones, TravellerCategory, VatCategory, VatBasisPoints, SoldBy);
}

/// <summary>A price to be added.</summary>
/// <param name="PriceMinor">VAT included, in minor units.</param>
/// <param name="ValidFrom">
/// The first day, by the operator's calendar: tomorrow or later. The first price of a product may begin today.
/// </param>
internal sealed record PriceBody(
    [Required, Range(Limits.AmountMinorMin, Limits.AmountMinorMax)] long? PriceMinor,
    [Required, MaxLength(Limits.DayCharacters)] DateOnly? ValidFrom);

/// <summary>A price.</summary>
/// <param name="ValidFrom">The first day that it is valid on.</param>
/// <param name="PriceMinor">VAT included, in minor units.</param>
/// <param name="AddedAt">When it was added.</param>
internal sealed record PriceView(DateOnly ValidFrom, long PriceMinor, DateTime AddedAt);

/// <summary>A product that an operator sells.</summary>
/// <param name="Product">Its code, which clients name it by in purchases.</param>
/// <param name="Names">What it is called.</param>
/// <param name="Kind">What kind of ticket it is.</param>
/// <param name="Zones">Where it is valid; absent for the whole county.</param>
/// <param name="TravellerCategory">The travellers that it is for.</param>
/// <param name="VatCategory">S, Z or O.</param>
/// <param name="VatBasisPoints">In hundredths of a percent.</param>
/// <param name="SoldBy">Where it may be sold; empty for nowhere any more.</param>
/// <param name="PriceMinor">
/// What it costs on the day that was asked for, VAT included, in minor units; absent when it has no price then.
/// </param>
/// <param name="Prices">The price in force and the later ones, the earliest first; absent in lists.</param>
internal sealed record ProductView(
    string Product,
    ProductNames Names,
    [WordsOf<ProductKind>] string Kind,
    IReadOnlyList<string>? Zones,
    [WordsOf<TravellerCategory>] string TravellerCategory,
    [AllowedValues("S", "Z", "O")] string VatCategory,
    int VatBasisPoints,
    [SoldByWords] IReadOnlyList<string> SoldBy,
    long? PriceMinor,
    IReadOnlyList<PriceView>? Prices)
{
    /// <summary>A product with its prices.</summary>
    public static ProductView Of(ProductDetails product) => Of(product.Row) with
    {
        Prices = [.. product.Prices.Select(price => new PriceView(price.ValidFrom, price.PriceMinor, price.AddedAt))],
    };

    /// <summary>A product of a list.</summary>
    public static ProductView Of(ProductRow row) => new(
        row.Code,
        new ProductNames(row.NameSv, row.NameNb, row.NameEn),
        Administration.Work.Words.Of(row.Kind),
        row.Zones,
        row.TravellerCategory,
        row.VatCategory,
        row.VatBasisPoints,
        SoldByNames.Of(row.SoldBy),
        row.PriceMinor,
        null);
}

/// <summary>What a product costs on a day.</summary>
/// <param name="Product">Its code.</param>
/// <param name="Names">What it is called.</param>
/// <param name="Kind">What kind of ticket it is.</param>
/// <param name="Day">The day.</param>
/// <param name="PriceMinor">VAT included, in minor units; absent when it had no price then.</param>
internal sealed record ListedPriceView(
    string Product, ProductNames Names, [WordsOf<ProductKind>] string Kind, DateOnly Day, long? PriceMinor);

/// <summary>What the file of a price list came to. Everything in it is in force as it says.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="ProductsAdded">How many products are new.</param>
/// <param name="ProductsChanged">How many products were changed.</param>
/// <param name="PricesAdded">How many prices were added; those that stood already are passed over.</param>
internal sealed record PriceListImportView(int Rows, int ProductsAdded, int ProductsChanged, int PricesAdded);
