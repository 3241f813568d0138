using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Subscriptions;

/// <summary>A subscription that an employee orders.</summary>
/// <param name="Product">The product's code.</param>
/// <param name="Subscriber">Whose it is to be.</param>
internal sealed record SubscriptionOrder(string? Product, SubscriberRequest Subscriber);

/// <summary>
/// Orders a subscription by the organisation's link, for the telephone that the caller has shown to have: from the first
/// of the next month, pending or approved at once as the organisation set.
/// </summary>
internal sealed class OrderSubscription(SubscriptionMessages messages)
{
    /// <returns>The subscription.</returns>
    /// <exception cref="RefusedException">
    /// 404: the link is not in force. 401: the caller has no session of it. 400: fields are wrong.
    /// </exception>
    public async Task<SubscriptionRow> RunAsync(UnitOfWork work, string token, Request<SubscriptionOrder> request)
    {
        // Before the settings are read: the department that they name stays open.
        if (work.PhoneIfAny is { } session)
        {
            await OrganisationRow.LockSharedAsync(work.Db, session.OrganisationId);
        }

        var (phone, organisation, settings) = await OrderLink.OfSessionAsync(work, token);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var first = CreditMonth.Of(await ControlDatabase.NowAsync(work.Db), terms.Zone).Next;
        var asked = request.Read();
        var fields = new Fields();
        var (firstName, lastName, email, number) = SubscriptionFields.Check(
            fields, asked.Subscriber, settings.AsksEmail, settings.AsksEmployeeNumber);
        var product = await NewSubscription.ProductAsync(
            work, fields, terms, asked.Product, SubscriptionMonths.FirstDayOf(first));
        if (product is not null)
        {
            await NewSubscription.ClaimAsync(work, fields, organisation.Id, phone.Mobile, product.Code);
        }

        fields.ThrowIfAny();
        var made = new NewSubscription(
            organisation.Id, settings.DepartmentId, phone.Mobile, firstName, lastName, email, number, product!);
        var id = await made.AddAsync(work, terms, first, settings.ApprovesAutomatically);
        var row = await SubscriptionRow.GetAsync(work.Db, id);
        if (settings.ApprovesAutomatically)
        {
            await messages.ApprovedAsync(work, terms, row);
        }

        return row;
    }
}
