namespace Authorisation.Administration.Tickets;

/// <summary>An order of tickets as it is asked for.</summary>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Reason">Why; it stands on the invoice.</param>
/// <param name="Items">The tickets.</param>
internal sealed record TicketOrderRequest(Guid? DepartmentId, string? Reason, IReadOnlyList<TicketItemRequest?>? Items);

/// <summary>A ticket as it is asked for.</summary>
/// <param name="Product">The product's code.</param>
/// <param name="TravellerId">One of the organisation's travellers;</param>
/// <param name="TemporaryTraveller">or a person who is none.</param>
/// <param name="Bearer">What is to carry it.</param>
/// <param name="Journey">The journey that it is for, if it is for one.</param>
internal sealed record TicketItemRequest(
    string? Product, Guid? TravellerId, TemporaryTravellerRequest? TemporaryTraveller, BearerRequest? Bearer, JourneyRequest? Journey);

/// <summary>A person for one order.</summary>
/// <param name="Name">The name, as printed on the invoice.</param>
/// <param name="Mobile">The mobile number that an SMS about a ticket on a card goes to.</param>
internal sealed record TemporaryTravellerRequest(string? Name, string? Mobile);

/// <summary>A journey. A ticket is not bound to it: it says which ticket was meant.</summary>
/// <param name="From">The stop that it begins at.</param>
/// <param name="To">The stop that it ends at.</param>
/// <param name="Departure">When it begins.</param>
/// <param name="Zones">The zones that it goes through.</param>
internal sealed record JourneyRequest(string? From, string? To, DateTimeOffset? Departure, IReadOnlyList<string?>? Zones);
