using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Subscriptions;

/// <summary>What the order form shows.</summary>
/// <param name="Terms">The operator.</param>
/// <param name="Organisation">The employer.</param>
/// <param name="Settings">What it asks for and pays.</param>
/// <param name="FirstMonth">The month that a subscription ordered now begins with.</param>
/// <param name="Products">What can be ordered, with the price of that month's first day as it is known now.</param>
internal sealed record OrderForm(
    OperatorTerms Terms, OrganisationRow Organisation, SubscriptionSettings Settings, CreditMonth FirstMonth,
    IReadOnlyList<ProductRow> Products);

/// <summary>Shows the order form of an organisation to a caller with its link.</summary>
internal sealed class OpenOrderForm
{
    /// <exception cref="RefusedException">404: the link is not in force.</exception>
    public async Task<OrderForm> RunAsync(UnitOfWork work, string token)
    {
        var (_, organisation, settings) = await OrderLink.OpenAsync(work.Db, token);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var first = CreditMonth.Of(await ControlDatabase.NowAsync(work.Db), terms.Zone).Next;
        var products = await ProductRow.ListAsync(
            work.Db, terms.Id, new ProductFilter(SoldBy: SoldBy.Subscription), SubscriptionMonths.FirstDayOf(first), "",
            Limits.PageSizeMax);
        return new OrderForm(terms, organisation, settings, first, [.. products.Where(one => one.PriceMinor is not null)]);
    }
}
