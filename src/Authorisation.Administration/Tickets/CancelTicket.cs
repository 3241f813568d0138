using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Tickets;

/// <summary>A cancellation that is asked for.</summary>
/// <param name="Reason">Why; every reader of the ticket sees it.</param>
internal sealed record CancelRequest(string? Reason);

/// <summary>
/// Cancels a ticket that was never activated, by operator staff: its charge is taken back on the open month. One that was
/// cancelled stays as it is.
/// </summary>
internal sealed class CancelTicket
{
    /// <exception cref="RefusedException">
    /// The ticket cannot be seen, the principal is no staff, a field is wrong, another caller changed it first, or its state
    /// does not allow it.
    /// </exception>
    public async Task<TicketDetails> RunAsync(UnitOfWork work, Guid id, Request<CancelRequest> request)
    {
        var (ticket, scope) = await TicketRow.LockForChangeAsync(work, id);
        scope.RequireStaff();
        var asked = request.Read();
        var fields = new Fields();
        var reason = fields.Required("reason", asked.Reason, Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        request.RequireRevision(ticket.Revision);
        var change = TicketChange.Allowed(ticket, TicketCommand.Cancel) with { Reason = reason };
        if (change.State != ticket.State)
        {
            await change.ApplyAsync(work, await OperatorTerms.GetAsync(work.Db, ticket.OperatorId));
        }

        return await TicketDetails.GetAsync(work, id, scope);
    }
}
