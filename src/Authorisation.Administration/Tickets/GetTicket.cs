using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Tickets;

/// <summary>Reads a ticket with what happened to it.</summary>
internal sealed class GetTicket
{
    /// <exception cref="RefusedException">The ticket cannot be seen, or the principal lacks the right to purchases.</exception>
    public async Task<TicketDetails> RunAsync(UnitOfWork work, Guid id)
    {
        var (_, scope) = await TicketRow.GetVisibleAsync(work, id);
        return await TicketDetails.GetAsync(work, id, scope);
    }
}
