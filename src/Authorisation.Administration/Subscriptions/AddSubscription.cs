using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Subscriptions;

/// <summary>A subscription that an administrator adds.</summary>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Mobile">The telephone that it comes to.</param>
/// <param name="Product">The product's code.</param>
/// <param name="Subscriber">Whose it is to be.</param>
internal sealed record AddSubscriptionRequest(Guid? DepartmentId, string? Mobile, string? Product, SubscriberRequest Subscriber);

/// <summary>
/// Adds a subscription by hand: approved, and from the first of the next month. The employee gets an SMS.
/// </summary>
internal sealed class AddSubscription(SubscriptionMessages messages)
{
    /// <returns>The subscription.</returns>
    /// <exception cref="RefusedException">
    /// The organisation cannot be seen or has not set how subscriptions are paid for, the right to purchases lacks, or fields
    /// are wrong.
    /// </exception>
    public async Task<SubscriptionRow> RunAsync(UnitOfWork work, Guid organisationId, Request<AddSubscriptionRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        scope.Require(AdministratorRights.Purchases);
        await OrganisationRow.LockSharedAsync(work.Db, organisationId);
        if (await SubscriptionSettings.FindAsync(work.Db, organisationId) is null)
        {
            throw new RefusedException(
                ProblemCode.SubscriptionsNotSet,
                $"Set first how subscriptions are paid for: PUT /v1/organisations/{organisationId}/subscription-settings.");
        }

        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var first = CreditMonth.Of(await ControlDatabase.NowAsync(work.Db), terms.Zone).Next;
        var asked = request.Read();
        var fields = new Fields();
        var department = await DepartmentRow.NamedAsync(
            work.Db, fields, "department_id", asked.DepartmentId, organisationId, scope);
        var mobile = SendPhoneCode.MobileOf(fields, asked.Mobile, terms);
        // An administrator may give what the form does not ask for.
        var (firstName, lastName, email, number) = SubscriptionFields.Check(
            fields, asked.Subscriber, Asked.Optional, Asked.Optional);
        var product = await NewSubscription.ProductAsync(
            work, fields, terms, asked.Product, SubscriptionMonths.FirstDayOf(first));
        if (product is not null && mobile.Length > 0)
        {
            await NewSubscription.ClaimAsync(work, fields, organisationId, mobile, product.Code);
        }

        fields.ThrowIfAny();
        var made = new NewSubscription(organisationId, department!.Id, mobile, firstName, lastName, email, number, product!);
        var row = await SubscriptionRow.GetAsync(work.Db, await made.AddAsync(work, terms, first, isApproved: true));
        await messages.ApprovedAsync(work, terms, row);
        return row;
    }
}
