using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Api.Tickets;
using Authorisation.Admin.Web;
using Authorisation.Administration.StaffOffers;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.StaffOffers;

/// <summary>What is to be offered.</summary>
/// <param name="OrganisationId">The employer.</param>
/// <param name="Product">The product's code.</param>
/// <param name="Months">In how many months' payrolls it is taken; one unless given.</param>
/// <param name="EmployerPercent">What the employer bears, in per cent; nothing unless given.</param>
/// <param name="EmployerMinor">The same as an amount, in minor units; not beside per cent.</param>
internal sealed record StaffOfferBody(
    [Required] Guid? OrganisationId,
    [Required, MaxLength(Limits.CodeCharactersMax)] string? Product,
    [Range(1, Limits.DeductionMonthsMax)] int? Months,
    [Range(0, 100)] int? EmployerPercent,
    [Range(1L, Limits.AmountMinorMax)] long? EmployerMinor);

/// <summary>What an employer offers its people.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrganisationId">The employer.</param>
/// <param name="Product">The product's code.</param>
/// <param name="Name">The product's name, in the operator's language.</param>
/// <param name="Status">open: it can be applied for; closed.</param>
/// <param name="Months">In how many months' payrolls it is taken.</param>
/// <param name="EmployerPercent">What the employer bears, in per cent.</param>
/// <param name="EmployerMinor">The same as an amount, in minor units.</param>
/// <param name="PriceMinor">The price of today, VAT included; absent when it is not sold as a staff offer any more.</param>
/// <param name="DeductionMinor">What is taken from the salary for that, all months together.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="MadeAt">Since when it is offered.</param>
internal sealed record StaffOfferView(
    Guid Id,
    Guid OrganisationId,
    string Product,
    string Name,
    [AllowedValues("open", "closed")] string Status,
    int Months,
    int? EmployerPercent,
    long? EmployerMinor,
    long? PriceMinor,
    long? DeductionMinor,
    string Currency,
    DateTime MadeAt)
{
    public static StaffOfferView Of(StaffOfferRow row) => new(
        row.Id,
        row.OrganisationId,
        row.Product,
        row.Name,
        row.ClosedAt is null ? "open" : "closed",
        row.Months,
        row.EmployerPercent,
        row.EmployerMinor,
        row.PriceMinor,
        row.PriceMinor is { } price ? row.Share.DeductionOf(price) : null,
        row.Currency,
        row.MadeAt);
}

/// <summary>An application for a staff offer.</summary>
/// <param name="TravellerId">The traveller that the ticket is for.</param>
/// <param name="Bearer">What is to carry it: an app or a card.</param>
internal sealed record StaffApplicationBody([Required] Guid? TravellerId, [Required] BearerBody? Bearer);

/// <summary>Why an application is refused.</summary>
/// <param name="Reason">What the traveller gets.</param>
internal sealed record StaffRefusalBody([Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>An application for a staff offer, and how it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StaffOfferId">The offer.</param>
/// <param name="Product">The product's code.</param>
/// <param name="OrganisationId">The employer.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="TravellerId">The traveller that the ticket is for.</param>
/// <param name="Traveller">The name.</param>
/// <param name="Bearer">
/// What is to carry it, such as card or app, and the end of the number; absent once the person was erased.
/// </param>
/// <param name="Status">applied, approved, refused, or withdrawn before it was decided.</param>
/// <param name="PriceMinor">What was charged, VAT included; absent until it is approved.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="TicketId">The ticket that was ordered.</param>
/// <param name="RefusalReason">Why it was refused.</param>
/// <param name="AppliedAt">When it was made.</param>
/// <param name="DecidedAt">When it was approved, refused or withdrawn.</param>
internal sealed record StaffApplicationView(
    Guid Id,
    Guid StaffOfferId,
    string Product,
    Guid OrganisationId,
    Guid DepartmentId,
    Guid TravellerId,
    string Traveller,
    string? Bearer,
    [WordsOf<StaffApplicationState>] string Status,
    long? PriceMinor,
    string Currency,
    Guid? TicketId,
    string? RefusalReason,
    DateTime AppliedAt,
    DateTime? DecidedAt)
{
    public static StaffApplicationView Of(StaffApplicationRow row) => new(
        row.Id,
        row.OfferId,
        row.Product,
        row.OrganisationId,
        row.DepartmentId,
        row.TravellerId,
        row.Traveller,
        row.Bearer is { } bearer ? $"{Words.Of(bearer.Kind)} ····{bearer.Number[^Limits.BearerDigits..]}" : null,
        Words.Of(row.State),
        row.PriceMinor,
        row.Currency,
        row.TicketId,
        row.RefusalReason,
        row.AppliedAt,
        row.DecidedAt);
}
