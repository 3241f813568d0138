using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Products;

/// <summary>A product as it is asked for.</summary>
/// <param name="NameSv">The name in Swedish.</param>
/// <param name="NameNb">The name in Norwegian.</param>
/// <param name="NameEn">The name in English.</param>
/// <param name="Kind">The kind, by name; it never changes.</param>
/// <param name="Zones">Where it is valid; null for the whole county.</param>
/// <param name="TravellerCategory">The travellers that it is for, by name.</param>
/// <param name="VatCategory">S, Z or O.</param>
/// <param name="VatBasisPoints">The rate in hundredths of a percent.</param>
/// <param name="SoldBy">Where it may be sold, by names; empty for nowhere.</param>
internal sealed record ProductRequest(
    string? NameSv,
    string? NameNb,
    string? NameEn,
    string? Kind,
    IReadOnlyList<string?>? Zones,
    string? TravellerCategory,
    string? VatCategory,
    int? VatBasisPoints,
    IReadOnlyList<string?>? SoldBy)
{
    /// <summary>What stands between zones in a file, and so in no zone's name.</summary>
    public static readonly char[] ZoneSeparators = [',', '|'];

    /// <summary>The message for a code that is none.</summary>
    public static string NoCode { get; } =
        $"must be 1 to {Limits.CodeCharactersMax} letters from A to Z, digits, points, hyphens and underlines, the first a letter or digit";

    /// <summary>Whether a text can be a product's code.</summary>
    public static bool IsCode(string code) =>
        code.Length is > 0 and <= Limits.CodeCharactersMax && char.IsAsciiLetterOrDigit(code[0])
        && code.All(static one => char.IsAsciiLetterOrDigit(one) || one is '.' or '_' or '-');

    /// <summary>The product that is asked for; of use only when nothing was wrong.</summary>
    /// <param name="fields">Where everything that is wrong is added.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="code">The product's code.</param>
    /// <param name="before">The product as it is; null when there is none.</param>
    public ProductRow Check(Fields fields, OperatorTerms terms, string code, ProductRow? before)
    {
        if (!IsCode(code))
        {
            fields.Add("product", FieldCode.Malformed, NoCode);
        }

        return new ProductRow
        {
            OperatorId = terms.Id,
            Code = code,
            NameSv = fields.Required("names.sv", NameSv, Limits.ProductNameCharactersMax),
            NameNb = fields.Required("names.nb", NameNb, Limits.ProductNameCharactersMax),
            NameEn = fields.Required("names.en", NameEn, Limits.ProductNameCharactersMax),
            Kind = KindOf(fields, before),
            Zones = ZonesOf(fields, "zones", Zones),
            TravellerCategory = One(fields, "traveller_category", TravellerCategory, Enum.GetValues<TravellerCategory>()),
            VatCategory = VatCategory ?? "",
            VatBasisPoints = VatOf(fields, terms, before),
            SoldBy = SoldByOf(fields),
            Revision = (before?.Revision ?? 0) + 1,
        };
    }

    /// <summary>Checks a list of zones; null when none was given.</summary>
    public static string[]? ZonesOf(Fields fields, string field, IReadOnlyList<string?>? zones)
    {
        if (zones is null)
        {
            return null;
        }

        if (zones.Count is 0 or > Limits.ZonesMax)
        {
            fields.AddOutOfRange(field, 1, Limits.ZonesMax, " zones; leave it out for the whole county");
            return null;
        }

        var found = new List<string>(zones.Count);
        for (var i = 0; i < zones.Count; i++)
        {
            var zone = fields.Required($"{field}[{i}]", zones[i], Limits.ZoneCharactersMax);
            if (zone.Length > 0 && found.Contains(zone, StringComparer.Ordinal))
            {
                fields.Add($"{field}[{i}]", FieldCode.Repeated, "is given more than once");
            }

            if (zone.AsSpan().ContainsAny(ZoneSeparators))
            {
                fields.Add($"{field}[{i}]", FieldCode.Characters, "must have no comma and no bar, which stand between zones in files");
            }

            found.Add(zone);
        }

        return [.. found];
    }

    private ProductKind KindOf(Fields fields, ProductRow? before)
    {
        var all = Enum.GetValues<ProductKind>();
        One(fields, "kind", Kind, all);
        var kind = all.FirstOrDefault(one => Words.Of(one) == Kind);
        if (before is not null && kind != default && kind != before.Kind)
        {
            fields.Add(
                "kind", FieldCode.NotPossible,
                $"must stay {Words.Of(before.Kind)}: rules and reports go by it, so another kind is another product");
        }

        return kind;
    }

    private static string One<T>(Fields fields, string field, string? value, T[] all)
        where T : struct, Enum
    {
        var names = all.Select(Words.Of).ToArray();
        if (!names.Contains(value, StringComparer.Ordinal))
        {
            fields.AddNotOneOf(field, names);
        }

        return value ?? "";
    }

    private int VatOf(Fields fields, OperatorTerms terms, ProductRow? before)
    {
        if (VatLetters.Find(VatCategory) is not { } category)
        {
            fields.AddNotOneOf("vat_category", [.. VatLetters.All]);
            return 0;
        }

        var rate = new VatRate(category, VatBasisPoints ?? -1);
        // A rate that was taken from the operator's stays on products that have it already, so that they can be changed.
        if (!terms.VatRatesInForce.Contains(rate) && rate != before?.Vat)
        {
            fields.Add(
                "vat_basis_points", FieldCode.NotPossible, $"must be one of the operator's rates: {terms.VatRatesInForce.InWords}");
        }

        return rate.BasisPoints;
    }

    private SoldBy SoldByOf(Fields fields)
    {
        if (SoldBy is null)
        {
            fields.Add("sold_by", FieldCode.Required, "is required; an empty list for nowhere");
            return default;
        }

        var sum = Products.SoldBy.Nowhere;
        for (var i = 0; i < SoldBy.Count; i++)
        {
            if (SoldByNames.Find(SoldBy[i]) is not { } way)
            {
                fields.AddNotOneOf($"sold_by[{i}]", [.. SoldByNames.All]);
            }
            else if (sum.HasFlag(way))
            {
                fields.Add($"sold_by[{i}]", FieldCode.Repeated, "is given more than once");
            }
            else
            {
                sum |= way;
            }
        }

        return sum;
    }
}
