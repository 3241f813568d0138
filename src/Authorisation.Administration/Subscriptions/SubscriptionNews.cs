using Authorisation.Administration.Events;
using Authorisation.Administration.Products;
using Authorisation.Core;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// The events of subscriptions for the ticket system: a month to be valid by midnight on its 1st, and one that is not to be
/// valid after all. Of several for one month, the last counts.
/// </summary>
internal static class SubscriptionNews
{
    /// <summary>A month is to be valid, with this product.</summary>
    public const string MonthOrdered = "subscription.month_ordered";

    /// <summary>A month that was asked for is not to be valid.</summary>
    public const string MonthWithdrawn = "subscription.month_withdrawn";

    public static NewEvent Ordered(SubscriptionRow row, CreditMonth month, ProductRow product) => new(
        row.OperatorId,
        MonthOrdered,
        row.Id.ToString(),
        new
        {
            SubscriptionId = row.Id,
            Month = month.ToString(),
            ValidFrom = SubscriptionMonths.FirstDayOf(month),
            ValidTo = SubscriptionMonths.LastDayOf(month),
            Product = product.Code,
            product.Zones,
            product.TravellerCategory,
            row.Mobile,
            row.FirstName,
            row.LastName,
        });

    public static NewEvent Withdrawn(SubscriptionRow row, CreditMonth month) => new(
        row.OperatorId, MonthWithdrawn, row.Id.ToString(), new { SubscriptionId = row.Id, Month = month.ToString() });
}
