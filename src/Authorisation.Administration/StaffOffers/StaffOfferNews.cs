using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Travellers;
using Authorisation.Core;
using Npgsql;

namespace Authorisation.Administration.StaffOffers;

/// <summary>
/// Sends administrators news of applications, and travellers how theirs were decided. A bound of messages that is reached
/// stops no application: the message is left out, and the application is in the list.
/// </summary>
internal sealed class StaffOfferNews(Outbox outbox, TravellerNews travellers)
{
    /// <summary>To those who may decide on it.</summary>
    public async Task ToDecideAsync(NpgsqlConnection db, OperatorTerms terms, StaffApplicationRow application)
    {
        var (subject, text) = StaffOfferTexts.ToDecide(terms, application.Traveller);
        foreach (var email in await DepartmentAdministrators.EmailsAsync(
            db, application.OrganisationId, application.DepartmentId, AdministratorRights.Purchases))
        {
            await outbox.TryAddAsync(
                db, new NewMessage(terms, MessageKind.RequestToDecide, email, subject, text, Limits.NewsTime)
                {
                    OrganisationId = application.OrganisationId,
                });
        }
    }

    /// <summary>To the traveller, as the traveller chose.</summary>
    public async Task DecidedAsync(NpgsqlConnection db, OperatorTerms terms, StaffApplicationRow application, string product)
    {
        if (await TravellerRow.FindAsync(db, application.TravellerId) is { } traveller)
        {
            var (subject, text) = StaffOfferTexts.Decided(terms, product, application.RefusalReason);
            await travellers.TellAsync(db, terms, traveller, subject, text);
        }
    }
}
