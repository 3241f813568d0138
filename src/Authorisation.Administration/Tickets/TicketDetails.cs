using Npgsql;

namespace Authorisation.Administration.Tickets;

/// <summary>A ticket with what happened to it, in order.</summary>
internal sealed record TicketDetails(TicketRow Row, IReadOnlyList<TicketEventRow> Events)
{
    /// <summary>Reads one that is there.</summary>
    public static async Task<TicketDetails> GetAsync(NpgsqlConnection db, Guid id) =>
        new((await TicketRow.FindAsync(db, id))!, await TicketHistory.OfAsync(db, id));
}
