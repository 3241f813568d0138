using Authorisation.Administration.Credits;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Travellers;
using Authorisation.Core;
using Dapper;
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
        var emails = await db.QueryAsync<string>(
            """
            with recursive above as (
              select id, parent_id from department where id = @DepartmentId
              union all
              select d.id, d.parent_id from above join department d on d.id = above.parent_id
            )
            select p.email
            from control.administrator a join control.person p on p.id = a.person_id
            where a.organisation_id = @OrganisationId and a.removed_at is null and a.accepted_at is not null
              and a.rights & @right <> 0
              and (a.is_organisation_wide or exists (
                select from control.administrator_department ad join above on above.id = ad.department_id
                where ad.administrator_id = a.id))
            order by a.id limit @most
            """,
            new { request.DepartmentId, request.OrganisationId, right = (short)request.Right, most = Limits.RequestReceiversMax });
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
