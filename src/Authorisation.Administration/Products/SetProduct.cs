using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Products;

/// <summary>Adds a product to what an operator sells, or changes one; by its staff. Code and kind never change.</summary>
internal sealed class SetProduct
{
    /// <returns>The product, and whether it is new.</returns>
    /// <exception cref="RefusedException">
    /// The principal is no staff of the operator, a field is wrong, or another caller changed it first.
    /// </exception>
    public async Task<(ProductDetails Product, bool IsNew)> RunAsync(
        UnitOfWork work, string @operator, string code, Request<ProductRequest> request)
    {
        var (terms, today) = await Catalogue.GetOfStaffAsync(work, @operator);
        var asked = request.Read();
        await Claim.ProductAsync(work.Db, terms.Id, code);
        var before = await ProductRow.FindAsync(work.Db, terms.Id, code, today, forChange: true);
        var fields = new Fields();
        var after = asked.Check(fields, terms, code, before);
        fields.ThrowIfAny();
        request.RequireRevision(before?.Revision ?? 0);
        await ApplyAsync(work, before, after);
        return ((await ProductDetails.FindAsync(work.Db, terms.Id, code, today))!, before is null);
    }

    /// <summary>Adds or changes a product whose fields were checked and whose code is claimed.</summary>
    /// <returns>Whether that was a change.</returns>
    public static async Task<bool> ApplyAsync(UnitOfWork work, ProductRow? before, ProductRow after)
    {
        if (before is not null && before.IsSame(after))
        {
            return false;
        }

        await (before is null ? after.AddAsync(work.Db) : after.SaveAsync(work.Db));
        await work.AuditAsync(
            before is null ? "product.added" : "product.changed", "product:" + after.Code, after.OperatorId,
            before: before?.Audited(), after: after.Audited());
        return true;
    }
}
