using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Tickets;

/// <summary>Reads a ticket with what happened to it.</summary>
internal sealed class GetTicket
{
    /// <exception cref="RefusedException">The ticket cannot be seen, or the principal lacks the right to purchases.</exception>
    public async Task<TicketDetails> RunAsync(UnitOfWork work, Guid id)
    {
        var (row, _) = await TicketRow.GetVisibleAsync(work, id);
        return new TicketDetails(row, await TicketHistory.OfAsync(work.Db, id));
    }
}
