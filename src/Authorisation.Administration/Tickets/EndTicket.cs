using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Tickets;

/// <summary>Ends a ticket: it disappears from its bearer and stays charged. One that was ended stays as it is.</summary>
internal sealed class EndTicket
{
    /// <exception cref="RefusedException">
    /// The ticket cannot be seen, the principal lacks the right to purchases, another caller changed it first, or its state
    /// does not allow it.
    /// </exception>
    public async Task<TicketDetails> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var (ticket, scope) = await TicketRow.LockForChangeAsync(work, id);
        request.RequireRevision(ticket.Revision);
        var change = TicketChange.Allowed(ticket, TicketCommand.End);
        if (change.State != ticket.State)
        {
            await change.ApplyAsync(work, await OperatorTerms.GetAsync(work.Db, ticket.OperatorId));
        }

        return await TicketDetails.GetAsync(work, id, scope);
    }
}
