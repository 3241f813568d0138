using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Events;

/// <summary>
/// Has an event that was given up tried again for as long as a new one; one that waits is tried at once.
/// </summary>
internal sealed class SendEventAgain
{
    /// <returns>The event as it is now.</returns>
    /// <exception cref="RefusedException">There is none to be seen, or it was delivered or dismissed.</exception>
    public async Task<EventRow> RunAsync(UnitOfWork work, Guid id)
    {
        var row = await EventRow.LockForChangeAsync(work, id);
        if (row.State is EventState.Delivered or EventState.Dismissed)
        {
            throw new RefusedException(
                ProblemCode.DecidedAlready, $"The event was {Words.Of(row.State)} already, so it is not sent again.");
        }

        await work.Db.ExecuteAsync(
            """
            update control.event
            set state = 1, attempts = case state when 3 then 0 else attempts end, first_attempt_at = null,
                next_attempt_at = ledger_now(), ended_at = null
            where id = @id
            """,
            new { id });
        await work.AuditAsync("event.sent_again", "event:" + id, row.OperatorId);
        return await EventRow.GetVisibleAsync(work, id);
    }
}
