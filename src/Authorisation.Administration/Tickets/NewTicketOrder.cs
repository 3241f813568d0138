using Authorisation.Administration.Products;

namespace Authorisation.Administration.Tickets;

/// <summary>An order of tickets whose fields were checked and whose cards are claimed.</summary>
/// <param name="OrganisationId">The customer, which is kept as it is.</param>
/// <param name="Organisation">Its name.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Reason">Why; it stands on the invoice.</param>
/// <param name="Tickets">The tickets; at least one.</param>
internal sealed record NewTicketOrder(
    Guid OrganisationId, string Organisation, Guid DepartmentId, string Reason, IReadOnlyList<NewTicket> Tickets);

/// <summary>A ticket to be sent.</summary>
/// <param name="Product">What it is.</param>
/// <param name="PriceMinor">What is charged for it, VAT included, in minor units.</param>
/// <param name="Bearer">What is to carry it.</param>
/// <param name="TravellerId">The traveller that it is for.</param>
internal sealed record NewTicket(ProductRow Product, long PriceMinor, TicketBearer Bearer, Guid TravellerId)
{
    /// <summary>Its id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The journey that it is for, as JSON.</summary>
    public string? Journey { get; init; }

    /// <summary>The number that an SMS about it goes to; null for none.</summary>
    public string? SmsTo { get; init; }
}
