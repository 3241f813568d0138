using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Products;

/// <summary>Lists an operator's products in the order of their codes, each with what it costs on a day.</summary>
internal sealed class ListProducts
{
    /// <param name="work">The unit of work.</param>
    /// <param name="operator">The operator's code.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="day">The day whose prices are shown; today unless given.</param>
    /// <param name="after">The code after which the page begins; empty for the first.</param>
    /// <param name="size">How many the page has.</param>
    /// <returns>The day, and one product more than the page has where there are more.</returns>
    /// <exception cref="RefusedException">The principal does not see the operator's products.</exception>
    public async Task<(DateOnly Day, IReadOnlyList<ProductRow> Rows)> RunAsync(
        UnitOfWork work, string @operator, ProductFilter filter, DateOnly? day, string after, int size)
    {
        var (terms, today) = await Catalogue.GetVisibleAsync(work, @operator);
        return (day ?? today, await ProductRow.ListAsync(work.Db, terms.Id, filter, day ?? today, after, size + 1));
    }
}
