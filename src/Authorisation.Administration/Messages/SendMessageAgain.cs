using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Messages;

/// <summary>
/// Has a message that was given up tried again, from the beginning; one that waits already goes on waiting.
/// </summary>
internal sealed class SendMessageAgain
{
    /// <returns>The message as it is now.</returns>
    /// <exception cref="RefusedException">There is none to be seen, or what it said is not kept any more.</exception>
    public async Task<MessageRow> RunAsync(UnitOfWork work, Guid id)
    {
        var row = await MessageRow.LockForChangeAsync(work, id);
        if (!row.HasText || row.HasLapsed)
        {
            throw new RefusedException(
                ProblemCode.TextNotKept,
                "What it said is not kept once it was sent, overtaken or has lapsed: make a new code or invitation "
                + "instead.");
        }

        await work.Db.ExecuteAsync(
            """
            update control.message
            set state = 1, attempts = 0, next_attempt_at = ledger_now(), last_error = null
            where id = @id and state = 3
            """,
            new { id });
        await work.AuditAsync("message.sent_again", "message:" + id, row.OperatorId, row.OrganisationId);
        return await MessageRow.GetVisibleAsync(work, id);
    }
}
