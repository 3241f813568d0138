using Authorisation.Admin.Web;
using Authorisation.Administration.Trips;
using Authorisation.Administration.Work;
using Authorisation.Billing.Purchases;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Purchases;

/// <summary>A purchase that was asked for, and what became of it.</summary>
/// <param name="AuthorisationId">Its id, which the client or app made.</param>
/// <param name="State">declined, held, captured, voided, expired or refunded.</param>
/// <param name="DeclineReason">Why it was declined when it was asked for.</param>
/// <param name="DeclinedBy">Whose rule or budget declined it; absent when none did.</param>
/// <param name="AmountMinor">What was asked for.</param>
/// <param name="CapturedMinor">What was taken, before refunds.</param>
/// <param name="RefundedMinor">The sum of the refunds.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Purpose">Why the trip was made.</param>
/// <param name="Product">The ticket type.</param>
/// <param name="Date">The operator's day on which it was decided.</param>
/// <param name="DecidedAt">
/// When it was decided, by the ledger's clock. This, and the next five, are absent where the operator does not show them to
/// the employer.
/// </param>
/// <param name="OccurredAt">When it happened, by the device's clock.</param>
/// <param name="Vehicle">The vehicle it was bought in.</param>
/// <param name="Line">The line it was bought on.</param>
/// <param name="Zone">The zone.</param>
/// <param name="Stop">The stop.</param>
/// <param name="Month">The credit month that it counts in.</param>
/// <param name="InvoiceMonth">The month whose invoice carries the purchase itself.</param>
/// <param name="Advice">True when a device sold it out of reach and reported it afterwards.</param>
/// <param name="CreditAccountId">The credit that it was bought on, which may have been removed since.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Department">Its name when the purchase was decided.</param>
/// <param name="TravellerId">The traveller who bought.</param>
/// <param name="Traveller">The name when the purchase was decided.</param>
/// <param name="Invoice">
/// The invoice that carries it, once that is made and the caller may see it; of one purchase only.
/// </param>
/// <param name="Operations">What happened to it, in order; of one purchase only.</param>
internal sealed record AuthorisationView(
    Guid AuthorisationId,
    [WordsOf<AuthorisationState>] string State,
    [WordsOf<DeclineReason>] string? DeclineReason,
    [WordsOf<RuleOwner>] string? DeclinedBy,
    long AmountMinor,
    long CapturedMinor,
    long RefundedMinor,
    string Currency,
    string? Purpose,
    string? Product,
    DateOnly Date,
    DateTimeOffset? DecidedAt,
    DateTimeOffset? OccurredAt,
    string? Vehicle,
    string? Line,
    string? Zone,
    string? Stop,
    [Month] string Month,
    [Month] string InvoiceMonth,
    bool Advice,
    Guid? CreditAccountId,
    Guid? DepartmentId,
    string? Department,
    Guid? TravellerId,
    string? Traveller,
    InvoiceName? Invoice = null,
    IReadOnlyList<OperationView>? Operations = null)
{
    /// <summary>A purchase as lists show it.</summary>
    public static AuthorisationView Of(
        AuthorisationHistory history, Payer? payer, string currency, DateTimeOffset now, TripSight sight)
    {
        var purchase = history.Entry.Purchase;
        var (decided, occurred, trip) = sight.Of(payer?.TravellerId, history.Entry.DecidedAt, purchase);
        return new AuthorisationView(
            purchase.Id,
            Words.Of(history.StateAt(now)),
            history.Entry.DeclineReason == Core.DeclineReason.None ? null : Words.Of(history.Entry.DeclineReason),
            history.Entry.DeclinedBy == RuleOwner.None ? null : Words.Of(history.Entry.DeclinedBy),
            purchase.AmountMinor,
            history.CapturedMinor,
            history.RefundedMinor,
            currency,
            purchase.Purpose,
            purchase.Product,
            decided.Day,
            decided.At,
            occurred?.At,
            trip?.Vehicle,
            trip?.Line,
            trip?.Zone,
            trip?.Stop,
            history.CreditMonth.ToString(),
            history.InvoiceMonth.ToString(),
            history.Advice is not null,
            history.AccountId,
            payer?.DepartmentId,
            payer?.DepartmentName,
            payer?.TravellerId,
            payer?.TravellerName);
    }

    /// <summary>A purchase with everything that happened to it.</summary>
    public static AuthorisationView Of(PurchaseDetails purchase)
    {
        var (seen, names, currency) = purchase;
        return Of(seen.History, seen.Payer, currency, seen.Now, seen.Sight) with
        {
            Invoice = names.Invoices.GetValueOrDefault(seen.History.InvoiceMonth),
            Operations = [.. seen.History.Operations.Select(one => OperationView.Of(one, names, seen))],
        };
    }
}

/// <summary>Something that happened to a purchase after its decision.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="Kind">capture, void, refund, expiry, advice or match.</param>
/// <param name="Date">The operator's day on which it was made.</param>
/// <param name="MadeAt">
/// When, by the ledger's clock; absent where the operator does not show the time of day to the employer.
/// </param>
/// <param name="Reason">Why, as it was given.</param>
/// <param name="By">client, app, staff or service.</param>
/// <param name="ByName">The client's name; for operator staff, who see it alone, the person's e-mail address.</param>
/// <param name="AmountMinor">How much was captured or refunded.</param>
/// <param name="InvoicedMinor">What it puts on an invoice; below 0 for what it takes off.</param>
/// <param name="InvoiceMonth">The month of the invoice that carries it; absent when it puts nothing on any.</param>
/// <param name="Invoice">That invoice, once it is made and the caller may see it.</param>
internal sealed record OperationView(
    Guid OperationId,
    [WordsOf<OperationKind>] string Kind,
    DateOnly Date,
    DateTimeOffset? MadeAt,
    string? Reason,
    [WordsOf<OperationBy>] string By,
    string? ByName,
    long AmountMinor,
    long InvoicedMinor,
    [Month] string? InvoiceMonth,
    InvoiceName? Invoice)
{
    public static OperationView Of(OperationEntry operation, OperationNames names, SeenPurchase seen)
    {
        var (day, madeAt) = seen.Sight.MomentOf(seen.Payer?.TravellerId, operation.MadeAt);
        var isInvoiced = operation.InvoicedMinor != 0;
        return new OperationView(
            operation.Request.Id,
            Words.Of(operation.Request.Kind),
            day,
            madeAt,
            operation.Request.Reason,
            Words.Of(operation.By),
            operation.Request.Originator.ClientId is { } client
                ? names.Clients.GetValueOrDefault(client)
                : names.Staff.GetValueOrDefault(operation.Request.Id),
            operation.AmountMinor,
            operation.InvoicedMinor,
            isInvoiced ? operation.InvoiceMonth.ToString() : null,
            isInvoiced ? names.Invoices.GetValueOrDefault(operation.InvoiceMonth) : null);
    }
}
