using System.Globalization;
using Authorisation.Administration.Access;
using Authorisation.Administration.Imports;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Products;

/// <summary>What the file of a price list came to.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="ProductsAdded">How many products are new.</param>
/// <param name="ProductsChanged">How many products were changed.</param>
/// <param name="PricesAdded">How many prices were added.</param>
internal sealed record PriceListImport(int Rows, int ProductsAdded, int ProductsChanged, int PricesAdded);

/// <summary>
/// Reads a price list from a file, by the operator's staff: all of it, or nothing with every error by line and column. A
/// row names a product and its price from a day on; with the product's details it adds the product or changes it. A price
/// that stands already is passed over, so that a file can be sent again.
/// </summary>
internal sealed class ImportPriceList
{
    /// <returns>What it came to.</returns>
    /// <exception cref="RefusedException">
    /// The principal is no staff of the operator, or the file is refused, with every error.
    /// </exception>
    public async Task<PriceListImport> RunAsync(UnitOfWork work, string @operator, byte[] bytes)
    {
        var (terms, _) = await Catalogue.GetOfStaffAsync(work, @operator);
        var file = PriceListFile.Read(bytes);
        foreach (var code in file.Rows.Select(row => row[PriceListColumn.Product] ?? "").Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal))
        {
            await Claim.ProductAsync(work.Db, terms.Id, code);
        }

        var reading = await Reading.BeginAsync(work, terms, file);
        foreach (var row in file.Rows)
        {
            reading.Check(row);
        }

        if (file.Errors.Count > 0)
        {
            throw new RefusedException(
                ProblemCode.RowsRefused, "Nothing was imported: put these right first.",
                [.. file.Errors.OrderBy(error => error.Line).ThenBy(error => error.Column).Take(Limits.ImportErrorsMax)]);
        }

        return await reading.ApplyAsync(work);
    }

    /// <summary>A file while its rows are checked one after the other, each behind those before it.</summary>
    private sealed class Reading(OperatorTerms terms, PriceListFile file, DateOnly today)
    {
        private readonly Dictionary<string, ProductRow> _before = new(StringComparer.Ordinal);
        private readonly Dictionary<string, ProductRow> _after = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Product, DateOnly ValidFrom), long> _standing = [];
        private readonly Dictionary<(string Product, DateOnly ValidFrom), long> _added = [];
        private readonly HashSet<string> _priced = new(StringComparer.Ordinal);

        public static async Task<Reading> BeginAsync(UnitOfWork work, OperatorTerms terms, PriceListFile file)
        {
            var reading = new Reading(terms, file, await Catalogue.TodayAsync(work, terms));
            var codes = file.Rows.Select(row => row[PriceListColumn.Product]).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
            foreach (var (code, row) in await ProductRow.FindAsync(work.Db, terms.Id, codes, reading.Today))
            {
                reading._before[code] = row;
                reading._after[code] = row;
            }

            var prices = await work.Db.QueryAsync<(string Product, DateOnly ValidFrom, long PriceMinor)>(
                """
                select distinct on (product, valid_from) product, valid_from, price_minor from product_price
                where operator_id = @Id and product = any(@codes) order by product, valid_from, id desc
                """,
                new { terms.Id, codes });
            foreach (var (product, validFrom, price) in prices)
            {
                reading._standing[(product, validFrom)] = price;
                reading._priced.Add(product);
            }

            return reading;
        }

        private DateOnly Today => today;

        public void Check(PriceListRow row)
        {
            if (row[PriceListColumn.Product] is not { } code)
            {
                file.Add(row, PriceListColumn.Product, FieldCode.Required, "is required: the product's code");
                return;
            }

            if (!_after.TryGetValue(code, out var known) && !row.HasDetails)
            {
                file.Add(
                    row, PriceListColumn.Product, FieldCode.NotFound,
                    "is no product: to add it, fill in its names and the columns behind them");
            }
            else if (row.HasDetails)
            {
                CheckDetails(row, code, known);
            }

            CheckPrice(row, code);
        }

        private void CheckDetails(PriceListRow row, string code, ProductRow? known)
        {
            var fields = new Fields();
            var product = new ProductRequest(
                row[PriceListColumn.NameSv] ?? known?.NameSv,
                row[PriceListColumn.NameNb] ?? known?.NameNb,
                row[PriceListColumn.NameEn] ?? known?.NameEn,
                row[PriceListColumn.Kind] ?? (known is null ? null : Words.Of(known.Kind)),
                row.ListOf(PriceListColumn.Zones) ?? known?.Zones,
                row[PriceListColumn.TravellerCategory] ?? known?.TravellerCategory,
                row[PriceListColumn.VatCategory] ?? known?.VatCategory,
                VatOf(row) ?? known?.VatBasisPoints,
                row.ListOf(PriceListColumn.SoldBy) ?? (known is null ? [] : SoldByNames.Of(known.SoldBy)))
                .Check(fields, terms, code, known);
            foreach (var error in fields.Errors)
            {
                file.Add(row, PriceListColumns.OfField(error.Field), error.Code, error.Message);
            }

            // A row behind it that only prices the product is not wrong for it, too.
            _after[code] = fields.IsValid || known is null ? product : known;
        }

        private static int? VatOf(PriceListRow row) =>
            int.TryParse(row[PriceListColumn.VatBasisPoints], NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
                ? rate : row[PriceListColumn.VatBasisPoints] is null ? null : -1;

        private void CheckPrice(PriceListRow row, string code)
        {
            if (row[PriceListColumn.Price] is null && row[PriceListColumn.ValidFrom] is null && row.HasDetails)
            {
                return;
            }

            var isPrice = MoneyText.TryRead(row[PriceListColumn.Price] ?? "", out var price)
                && price is >= 1 and <= Limits.AmountMinorMax;
            if (!isPrice)
            {
                file.Add(
                    row, PriceListColumn.Price, row[PriceListColumn.Price] is null ? FieldCode.Required : FieldCode.Malformed,
                    $"must be an amount in kr such as 34 or 34,50, up to {Limits.AmountMinorMax / 100}");
            }

            if (!DateOnly.TryParseExact(
                row[PriceListColumn.ValidFrom], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                file.Add(
                    row, PriceListColumn.ValidFrom,
                    row[PriceListColumn.ValidFrom] is null ? FieldCode.Required : FieldCode.Malformed,
                    "must be a day as YYYY-MM-DD");
                return;
            }

            // Whether it stands already can be said only of a price that can be read.
            if (!isPrice || (_standing.TryGetValue((code, day), out var standing) && standing == price))
            {
                return;
            }

            if (_added.ContainsKey((code, day)))
            {
                file.Add(row, PriceListColumn.ValidFrom, FieldCode.Repeated, "has a price of this product in an earlier row already");
            }
            else if (PriceRow.WhyNot(day, today, _priced.Contains(code)) is { } why)
            {
                file.Add(row, PriceListColumn.ValidFrom, FieldCode.NotPossible, why);
            }

            _added[(code, day)] = price;
        }

        public async Task<PriceListImport> ApplyAsync(UnitOfWork work)
        {
            var (added, changed) = (0, 0);
            foreach (var (code, product) in _after)
            {
                var before = _before.GetValueOrDefault(code);
                if (await SetProduct.ApplyAsync(work, before, product with { Revision = (before?.Revision ?? 0) + 1 }))
                {
                    added += before is null ? 1 : 0;
                    changed += before is null ? 0 : 1;
                }
            }

            foreach (var ((code, day), price) in _added)
            {
                await PriceRow.AddAsync(work, _after[code], day, price);
            }

            return new PriceListImport(file.Rows.Count, added, changed, _added.Count);
        }
    }
}
