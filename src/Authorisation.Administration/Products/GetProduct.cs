using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Products;

/// <summary>Reads a product with its prices.</summary>
internal sealed class GetProduct
{
    /// <exception cref="RefusedException">The principal does not see the operator's products, or there is none such.</exception>
    public async Task<ProductDetails> RunAsync(UnitOfWork work, string @operator, string code)
    {
        var (terms, today) = await Catalogue.GetVisibleAsync(work, @operator);
        return await ProductDetails.FindAsync(work.Db, terms.Id, code, today) ?? throw Problems.NotFound();
    }
}
