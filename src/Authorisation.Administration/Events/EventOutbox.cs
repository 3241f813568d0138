using System.Text.Json;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Events;

/// <summary>
/// Writes events beside the change that they are about: both are committed, or neither. They wait there until the
/// operator's ticket system took them; those of an operator that has none wait until it has one.
/// </summary>
internal static class EventOutbox
{
    /// <summary>Adds an event, in the transaction of the change.</summary>
    public static async Task AddAsync(NpgsqlConnection db, NewEvent happened)
    {
        await db.ExecuteAsync(
            """
            insert into control.event (id, operator_id, type, subject, data)
            values (@id, @OperatorId, @Type, @Subject, @data::jsonb)
            """,
            new
            {
                id = Guid.CreateVersion7(),
                happened.OperatorId,
                happened.Type,
                happened.Subject,
                data = JsonSerializer.Serialize(happened.Data, happened.Data.GetType(), ApiJson.Options),
            });
    }
}
