using Authorisation.Administration.Access;
using Authorisation.Administration.Trips;

namespace Authorisation.Administration.Tickets;

/// <summary>A ticket with what happened to it, in order.</summary>
internal sealed record TicketDetails(TicketRow Row, IReadOnlyList<TicketEventRow> Events)
{
    private static readonly string[] OfTrips = [TicketRule.NameOf(TicketCommand.Activate), TicketRule.NameOf(TicketCommand.UseUp)];

    /// <summary>Reads one that is there: when it was used, an employer sees as it sees other trips.</summary>
    public static async Task<TicketDetails> GetAsync(UnitOfWork work, Guid id, AccessScope scope)
    {
        var row = (await TicketRow.FindAsync(work.Db, id))!;
        var sight = await TripSight.ReadAsync(work.Db, row.OperatorId, scope, [row.TravellerId]);
        var events = await TicketHistory.OfAsync(work.Db, id);
        return new(
            row,
            [.. events.Select(one => !OfTrips.Contains(one.Event, StringComparer.Ordinal) ? one : one with
            {
                OccurredAt = DayOnly(one.OccurredAt),
                RecordedAt = DayOnly(one.RecordedAt)!.Value,
            })]);

        DateTime? DayOnly(DateTime? at) => sight.DayOnly(row.TravellerId, at)?.UtcDateTime;
    }
}
