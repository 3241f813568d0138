using System.Globalization;

namespace Authorisation.Administration.Products;

/// <summary>The columns of the file of a price list, in the order of the template.</summary>
internal enum PriceListColumn
{
    Product,
    Price,
    ValidFrom,
    NameSv,
    NameNb,
    NameEn,
    Kind,
    Zones,
    TravellerCategory,
    VatCategory,
    VatBasisPoints,
    SoldBy,
}

/// <summary>The names that columns may have.</summary>
internal static class PriceListColumns
{
    /// <summary>All of them.</summary>
    public static readonly PriceListColumn[] All = Enum.GetValues<PriceListColumn>();

    // By letters and digits alone; the names of the API are added below.
    private static readonly Dictionary<string, PriceListColumn> Names = new(StringComparer.Ordinal)
    {
        ["produkt"] = PriceListColumn.Product,
        ["pris"] = PriceListColumn.Price,
        ["gällerfrån"] = PriceListColumn.ValidFrom,
        ["gjelderfra"] = PriceListColumn.ValidFrom,
    };

    static PriceListColumns()
    {
        foreach (var column in All)
        {
            Names[Letters(NameOf(column))] = column;
        }
    }

    /// <summary>The first line of the template.</summary>
    public static string HeaderLine { get; } = string.Join(';', All.Select(NameOf));

    /// <summary>What a column is called in the template.</summary>
    public static string NameOf(PriceListColumn column) => column switch
    {
        PriceListColumn.Product => "product",
        PriceListColumn.Price => "price",
        PriceListColumn.ValidFrom => "valid_from",
        PriceListColumn.NameSv => "name_sv",
        PriceListColumn.NameNb => "name_nb",
        PriceListColumn.NameEn => "name_en",
        PriceListColumn.Kind => "kind",
        PriceListColumn.Zones => "zones",
        PriceListColumn.TravellerCategory => "traveller_category",
        PriceListColumn.VatCategory => "vat_category",
        PriceListColumn.VatBasisPoints => "vat_basis_points",
        _ => "sold_by",
    };

    /// <summary>The column that an error of a product's field is reported in.</summary>
    public static PriceListColumn OfField(string field) => field.Split('[')[0] switch
    {
        "names.sv" => PriceListColumn.NameSv,
        "names.nb" => PriceListColumn.NameNb,
        "names.en" => PriceListColumn.NameEn,
        "kind" => PriceListColumn.Kind,
        "zones" => PriceListColumn.Zones,
        "traveller_category" => PriceListColumn.TravellerCategory,
        "vat_category" => PriceListColumn.VatCategory,
        "vat_basis_points" => PriceListColumn.VatBasisPoints,
        "sold_by" => PriceListColumn.SoldBy,
        _ => PriceListColumn.Product,
    };

    /// <summary>The column that has a name, whatever stands between its letters.</summary>
    public static bool TryFind(string name, out PriceListColumn column) => Names.TryGetValue(Letters(name), out column);

    private static string Letters(string name) =>
        string.Concat(name.Where(char.IsLetterOrDigit)).ToLower(CultureInfo.InvariantCulture);
}
