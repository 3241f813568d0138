using Authorisation.Administration.Administrators;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Travellers;
using Authorisation.Core;
using Npgsql;

namespace Authorisation.Administration.Requests;

/// <summary>
/// Sends administrators news that a request waits, and travellers how theirs were decided. A bound of messages that is reached
/// stops no request: the message is left out, and the request is in the list.
/// </summary>
internal sealed class RequestNews(Outbox outbox, TravellerNews travellers)
{
    /// <summary>To those who may decide on it: of the traveller's department or the whole, with the right.</summary>
    public async Task ToDecideAsync(NpgsqlConnection db, OperatorTerms terms, TravellerRequest request)
    {
        var organisation = (await OrganisationRow.FindAsync(db, request.OrganisationId))!;
        var (subject, text) = RequestTexts.ToDecide(terms, organisation.Name, request.TravellerName, request.TravellerEmail);
        var emails = await DepartmentAdministrators.EmailsAsync(
            db, request.OrganisationId, request.DepartmentId, request.Right);
        foreach (var email in emails)
        {
            await outbox.TryAddAsync(
                db, new NewMessage(terms, MessageKind.RequestToDecide, email, subject, text, Limits.NewsTime)
                {
                    OrganisationId = request.OrganisationId,
                });
        }
    }

    /// <summary>To the traveller, as the traveller chose.</summary>
    public async Task DecidedAsync(NpgsqlConnection db, OperatorTerms terms, TravellerRequest request)
    {
        var traveller = (await TravellerRow.FindAsync(db, request.TravellerId))!;
        var (subject, text) = RequestTexts.Decided(terms, request);
        await travellers.TellAsync(db, terms, traveller, subject, text);
    }
}
