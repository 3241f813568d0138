using Authorisation.Administration.Access;
using Authorisation.Administration.Events;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// Changes the zones of a subscription from the next 1st on, by another product of the same traveller category: another
/// category is a subscription of its own, since the person has to be another or older. One that waits for its approval has
/// one product, which is what it begins with.
/// </summary>
internal sealed class ChangeSubscriptionProduct
{
    /// <returns>The subscription as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, was changed by another, is over or ending, or the product is wrong.
    /// </exception>
    public async Task<SubscriptionRow> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var row = await SubscriptionRow.LockToDecideAsync(work, id);
        request.RequireRevision(row.Revision);
        SubscriptionDecision.RequireLive(row);
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        var from = CreditMonth.Later(row.First, row.Current.Next);
        var fields = new Fields();
        var product = await NewSubscription.ProductAsync(
            work, fields, terms, request.Read(), SubscriptionMonths.FirstDayOf(from));
        var before = (await ProductRow.FindAsync(work.Db, terms.Id, row.Product, SubscriptionMonths.FirstDayOf(from)))!;
        if (product is not null && product.TravellerCategory != before.TravellerCategory)
        {
            fields.Add(
                "product", FieldCode.NotPossible,
                $"must be for {before.TravellerCategory}: end this subscription and add another for another category");
        }

        if (product is not null)
        {
            await NewSubscription.ClaimAsync(work, fields, row.OrganisationId, row.Mobile, product.Code, row.Id);
        }

        fields.ThrowIfAny();
        await work.Db.ExecuteAsync(
            (row.State == SubscriptionState.Pending
                ? "update control.subscription_product set product = @product where subscription_id = @Id;"
                : """
                  insert into control.subscription_product (subscription_id, from_month, product) values (@Id, @from, @product)
                  on conflict (subscription_id, from_month) do update set product = @product;
                  """)
            + "update control.subscription set revision = revision + 1 where id = @Id",
            new { row.Id, from = from.Number, product = product!.Code });
        var after = await SubscriptionDecision.AuditAsync(work, row, "subscription.product_changed");
        // The ticket system was asked for the month already: the last that it is asked for counts.
        if (row.AnnouncedMonth >= from.Number)
        {
            await EventOutbox.AddAsync(work.Db, SubscriptionNews.Ordered(after, from, product));
        }

        return after;
    }
}
