using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Events;

/// <summary>Why an event need not be delivered.</summary>
/// <param name="Reason">For people to read.</param>
internal sealed record DismissalRequest(string? Reason);

/// <summary>
/// Takes an event out of those to be delivered, since its receiver knows already or need not know: those of its subject
/// that waited behind it go on.
/// </summary>
internal sealed class DismissEvent
{
    /// <returns>The event as it is now.</returns>
    /// <exception cref="RefusedException">
    /// There is none to be seen, it was delivered or dismissed, or a field is wrong.
    /// </exception>
    public async Task<EventRow> RunAsync(UnitOfWork work, Guid id, Request<DismissalRequest> request)
    {
        var row = await EventRow.LockForChangeAsync(work, id);
        if (row.State is EventState.Delivered or EventState.Dismissed)
        {
            throw new RefusedException(ProblemCode.DecidedAlready, $"The event was {Words.Of(row.State)} already.");
        }

        var fields = new Fields();
        var reason = fields.Required("reason", request.Read().Reason, Limits.DismissalReasonCharactersMax);
        fields.ThrowIfAny();
        await work.Db.ExecuteAsync(
            "update control.event set state = 4, ended_at = ledger_now(), leased_until = null where id = @id", new { id });
        await work.AuditAsync(
            "event.dismissed", "event:" + id, row.OperatorId,
            before: new { State = Words.Of(row.State), row.Type, row.Subject }, after: new { State = "dismissed", Reason = reason });
        return await EventRow.GetVisibleAsync(work, id);
    }
}
