using Authorisation.Administration.Products;
using Dapper;
using Npgsql;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// What the demo's operators sell. Their prices are from long ago, so that a start whose clock is set back has them, too.
/// </summary>
internal sealed class DemoProducts(NpgsqlDataSource owner)
{
    /// <summary>A ticket for a day.</summary>
    public const string Day = "day-adult";

    /// <summary>A ticket for 30 days.</summary>
    public const string Period = "period-adult";

    /// <summary>A subscription.</summary>
    public const string Subscription = "subscription-adult";

    /// <summary>A product that the demo's ticket system cannot deliver any more.</summary>
    public const string Withdrawn = "withdrawn-summer";

    private static readonly DateOnly ValidFrom = new(2000, 1, 1);

    private static readonly IReadOnlyList<Listed> Swedish =
    [
        new(DemoCaller.Product, "Enkelbiljett", "Enkeltbillett", "Single ticket", ProductKind.Single, 4_200, SoldBy.Credit | SoldBy.Order),
        new(Day, "24-timmarsbiljett", "24-timersbillett", "24-hour ticket", ProductKind.Day, 13_000, SoldBy.Credit | SoldBy.Order),
        new(Period, "30-dagarsbiljett", "30-dagersbillett", "30-day ticket", ProductKind.Period, 84_500,
            SoldBy.Credit | SoldBy.Order | SoldBy.StaffOffer),
        new(Withdrawn, "Sommarkort", "Sommerkort", "Summer card", ProductKind.Period, 69_500, SoldBy.Order),
    ];

    private static readonly IReadOnlyList<Listed> Norwegian =
    [
        new(DemoCaller.Product, "Enkelbiljett", "Enkeltbillett", "Single ticket", ProductKind.Single, 4_500, SoldBy.Credit | SoldBy.Order),
        new(Subscription, "Företagskort", "Bedriftskort", "Company card", ProductKind.Subscription, 79_500, SoldBy.Subscription),
    ];

    /// <summary>What an operator sells, as a script reads it.</summary>
    public static IReadOnlyList<DemoProduct> Of(OperatorProfile profile) =>
    [
        .. ListOf(profile).Select(one => new DemoProduct(
            one.Code, profile.Administration.Language == "nb" ? one.Nb : one.Sv, one.PriceMinor, SoldByNames.Of(one.SoldBy))),
    ];

    /// <summary>What a product costs at an operator.</summary>
    public static long PriceOf(OperatorProfile profile, string code) => ListOf(profile).First(one => one.Code == code).PriceMinor;

    /// <summary>Adds what an operator does not have yet.</summary>
    public async Task SetAsync(OperatorProfile profile, DemoPlace place)
    {
        await using var db = await owner.OpenConnectionAsync();
        foreach (var one in ListOf(profile))
        {
            await db.ExecuteAsync(
                """
                with added as (
                  insert into product (
                    operator_id, code, name_sv, name_nb, name_en, kind, traveller_category, vat_basis_points, vat_category, sold_by)
                  values (@OperatorId, @Code, @Sv, @Nb, @En, @kind, 'adult', @VatBasisPoints, 'S', @soldBy)
                  on conflict do nothing
                  returning operator_id, code
                )
                insert into product_price (operator_id, product, valid_from, price_minor)
                select operator_id, code, @ValidFrom, @PriceMinor from added
                """,
                new
                {
                    place.OperatorId,
                    one.Code,
                    one.Sv,
                    one.Nb,
                    one.En,
                    kind = (short)one.Kind,
                    profile.Terms.VatBasisPoints,
                    soldBy = (short)one.SoldBy,
                    ValidFrom,
                    one.PriceMinor,
                });
        }
    }

    private static IReadOnlyList<Listed> ListOf(OperatorProfile profile) =>
        profile.Administration.Country == "NO" ? Norwegian : Swedish;

    private sealed record Listed(string Code, string Sv, string Nb, string En, ProductKind Kind, long PriceMinor, SoldBy SoldBy);
}
