using System.ComponentModel.DataAnnotations;
using Authorisation.Administration.Subscriptions;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Subscriptions;

/// <summary>A subscription.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrganisationId">The employer.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="TravellerId">The traveller that it is invoiced for.</param>
/// <param name="FirstName">The first name.</param>
/// <param name="LastName">The last name.</param>
/// <param name="Mobile">The telephone that the ticket comes to; empty once the person was erased.</param>
/// <param name="EmployeeNumber">The number at the employer.</param>
/// <param name="Product">The product of this month, or of the first one while it has not begun.</param>
/// <param name="NextProduct">The product that it changes to.</param>
/// <param name="NextProductFrom">The first day with that.</param>
/// <param name="Status">
/// pending: an administrator has to approve it; approved: it has not begun; running; ending: it goes on to its last day;
/// ended; refused; withdrawn before it began.
/// </param>
/// <param name="OrderedBy">link: by the employee; administrator.</param>
/// <param name="OrderedAt">When.</param>
/// <param name="DecidedAt">When it was approved or refused.</param>
/// <param name="RefusalReason">Why it was refused.</param>
/// <param name="FirstDay">Its first day, a 1st.</param>
/// <param name="LastDay">Its last day, the last one of a month; absent while it goes on.</param>
internal sealed record SubscriptionView(
    Guid Id,
    Guid OrganisationId,
    Guid DepartmentId,
    Guid TravellerId,
    string FirstName,
    string LastName,
    string Mobile,
    string? EmployeeNumber,
    string Product,
    string? NextProduct,
    DateOnly? NextProductFrom,
    [AllowedValues("pending", "approved", "running", "ending", "ended", "refused", "withdrawn")] string Status,
    [AllowedValues("link", "administrator")] string OrderedBy,
    DateTime OrderedAt,
    DateTime? DecidedAt,
    string? RefusalReason,
    DateOnly FirstDay,
    DateOnly? LastDay)
{
    public static SubscriptionView Of(SubscriptionRow row) => new(
        row.Id,
        row.OrganisationId,
        row.DepartmentId,
        row.TravellerId,
        row.FirstName,
        row.LastName,
        row.Mobile,
        row.EmployeeNumber,
        row.Product,
        row.NextProduct,
        row.NextProductFromMonth is { } month ? SubscriptionMonths.FirstDayOf(CreditMonth.FromNumber(month)) : null,
        Words.Of(row.Status),
        row.IsByLink ? "link" : "administrator",
        row.OrderedAt,
        row.DecidedAt,
        row.RefusalReason,
        SubscriptionMonths.FirstDayOf(row.First),
        row.Last is { } last ? SubscriptionMonths.LastDayOf(last) : null);
}

/// <summary>How an organisation's subscriptions are ordered, approved and paid for.</summary>
/// <param name="DepartmentId">The department that pays for what is ordered by the link.</param>
/// <param name="Approval">by_administrator, or automatic: orders need no administrator.</param>
/// <param name="AsksEmail">Whether the order form asks for an e-mail address: no, optional or required.</param>
/// <param name="AsksEmployeeNumber">The same of the number at the employer.</param>
/// <param name="EmployerPercent">What the employer bears of each month, in per cent.</param>
/// <param name="EmployerMinor">The same as an amount, in minor units.</param>
internal sealed record SubscriptionSettingsView(
    Guid DepartmentId,
    [AllowedValues("by_administrator", "automatic")] string Approval,
    [AllowedValues("no", "optional", "required")] string AsksEmail,
    [AllowedValues("no", "optional", "required")] string AsksEmployeeNumber,
    int? EmployerPercent,
    long? EmployerMinor)
{
    public static SubscriptionSettingsView Of(SubscriptionSettings settings) => new(
        settings.DepartmentId,
        settings.ApprovesAutomatically ? "automatic" : "by_administrator",
        Words.Of(settings.AsksEmail),
        Words.Of(settings.AsksEmployeeNumber),
        settings.EmployerPercent,
        settings.EmployerMinor);
}

/// <summary>The link to an organisation's order form.</summary>
/// <param name="Token">What stands behind /v1/order-links/ in its address; with it, anybody may order.</param>
/// <param name="MadeAt">Since when it is in force.</param>
internal sealed record OrderLinkView(string Token, DateTime MadeAt);

/// <summary>A product that can be ordered.</summary>
/// <param name="Product">Its code.</param>
/// <param name="Name">Its name, in the operator's language.</param>
/// <param name="Zones">Where it is valid; absent for the whole county.</param>
/// <param name="TravellerCategory">Who may travel with it.</param>
/// <param name="PriceMinor">The price of the first month, VAT included, as it is known now.</param>
/// <param name="DeductionMinor">What is taken from the salary for that.</param>
internal sealed record OrderProductView(
    string Product, string Name, IReadOnlyList<string>? Zones, string TravellerCategory, long PriceMinor, long DeductionMinor);

/// <summary>What the order form shows.</summary>
/// <param name="Operator">The operator's name.</param>
/// <param name="Organisation">The employer's name.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="FirstDay">The day that something ordered now begins.</param>
/// <param name="NeedsApproval">Whether an administrator has to approve it.</param>
/// <param name="AsksEmail">Whether it asks for an e-mail address: no, optional or required.</param>
/// <param name="AsksEmployeeNumber">The same of the number at the employer.</param>
/// <param name="Products">What can be ordered.</param>
internal sealed record OrderFormView(
    string Operator,
    string Organisation,
    string Currency,
    DateOnly FirstDay,
    bool NeedsApproval,
    [AllowedValues("no", "optional", "required")] string AsksEmail,
    [AllowedValues("no", "optional", "required")] string AsksEmployeeNumber,
    IReadOnlyList<OrderProductView> Products)
{
    public static OrderFormView Of(OrderForm form) => new(
        form.Terms.Name,
        form.Organisation.Name,
        form.Terms.Currency,
        SubscriptionMonths.FirstDayOf(form.FirstMonth),
        !form.Settings.ApprovesAutomatically,
        Words.Of(form.Settings.AsksEmail),
        Words.Of(form.Settings.AsksEmployeeNumber),
        [.. form.Products.Select(product => new OrderProductView(
            product.Code, product.NameIn(form.Terms.Language), product.Zones, product.TravellerCategory,
            product.PriceMinor!.Value, form.Settings.Share.DeductionOf(product.PriceMinor.Value)))]);
}

/// <summary>A session of somebody with an order link and a telephone.</summary>
/// <param name="Token">Sent as a bearer token.</param>
/// <param name="ExpiresAt">Until when it holds.</param>
internal sealed record PhoneSessionView(string Token, DateTime ExpiresAt);
