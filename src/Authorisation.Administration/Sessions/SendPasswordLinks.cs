using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Sessions;

/// <summary>Sends the links to choose a new password that were asked for with addresses of known people.</summary>
internal sealed class SendPasswordLinks(Outbox outbox, PortalLinks links)
{
    /// <param name="db">
    /// Within a transaction. Any number of hosts may do it: requests that one is at are passed over by others.
    /// </param>
    /// <returns>How many requests were seen to.</returns>
    public async Task<int> RunAsync(NpgsqlConnection db)
    {
        var due = (await db.QueryAsync<(string Email, Guid? PersonId, int? OperatorId)>(
            """
            with due as (
              select id, email from control.password_reset_request where email is not null
              order by id limit @most for update skip locked
            ), seen as (
              update control.password_reset_request r set email = null from due where r.id = due.id
            )
            select due.email, p.id,
                   (select place.operator_id from control.place_of_person place where place.person_id = p.id
                    order by place.operator_id limit 1)
            from due left join control.person p on p.email = due.email
            order by due.id
            """,
            new { most = Limits.OutsiderChunkRows })).ToList();
        foreach (var (email, person, operatorId) in due)
        {
            if (person is { } personId && operatorId is { } id)
            {
                var terms = await OperatorTerms.GetAsync(db, id);
                var token = await PasswordLink.NewAsync(db, personId, Limits.PasswordResetTime);
                var (subject, text) = MessageTexts.PasswordReset(terms, links.PasswordReset(token));
                await outbox.TryAddAsync(
                    db, new NewMessage(
                        terms, MessageKind.PasswordReset, email, subject, text, Limits.PasswordResetTime));
            }
        }

        return due.Count;
    }
}
