using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Products;

/// <summary>A price that is asked for.</summary>
/// <param name="PriceMinor">VAT included, in minor units.</param>
/// <param name="ValidFrom">The first day, by the operator's calendar.</param>
internal sealed record PriceRequest(long? PriceMinor, DateOnly? ValidFrom);

/// <summary>
/// Adds a price to a product, from tomorrow on or later; the first price of a product may begin today. So the price list of
/// a day that has begun stands. By the operator's staff.
/// </summary>
internal sealed class AddPrice
{
    /// <returns>The product with its prices.</returns>
    /// <exception cref="RefusedException">
    /// The principal is no staff of the operator, there is no such product, or a field is wrong.
    /// </exception>
    public async Task<ProductDetails> RunAsync(UnitOfWork work, string @operator, string code, Request<PriceRequest> request)
    {
        var (terms, _) = await Catalogue.GetOfStaffAsync(work, @operator);
        await Claim.ProductAsync(work.Db, terms.Id, code);
        // The day is read behind the lock: what waited past midnight begins no price in a day that has begun.
        var today = await Catalogue.TodayAsync(work, terms);
        var product = await ProductRow.FindAsync(work.Db, terms.Id, code, today) ?? throw Problems.NotFound();
        var asked = request.Read();
        var fields = new Fields();
        if (asked.PriceMinor is not (>= 1 and <= Limits.AmountMinorMax))
        {
            fields.AddOutOfRange("price_minor", 1, Limits.AmountMinorMax);
        }

        if (asked.ValidFrom is not { } validFrom)
        {
            fields.Add("valid_from", FieldCode.Required, "is required: a day as YYYY-MM-DD");
        }
        else if (PriceRow.WhyNot(validFrom, today, await PriceRow.HasAnyAsync(work.Db, terms.Id, code)) is { } why)
        {
            fields.Add("valid_from", FieldCode.NotPossible, why);
        }

        fields.ThrowIfAny();
        await PriceRow.AddAsync(work, product, asked.ValidFrom!.Value, asked.PriceMinor!.Value);
        return (await ProductDetails.FindAsync(work.Db, terms.Id, code, today))!;
    }
}
