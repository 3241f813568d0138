using Authorisation.Administration.Access;

namespace Authorisation.Administration.Travellers;

/// <summary>Ends something of a traveller who is removed, in the transaction that does it.</summary>
internal interface IEndsWithTraveller
{
    /// <summary>Ends what the traveller, whose row is locked, has of it.</summary>
    Task EndAsync(UnitOfWork work, Guid travellerId);
}
