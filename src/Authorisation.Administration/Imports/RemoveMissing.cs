using Authorisation.Administration.Access;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Removes the travellers that a whole list does not have, once that was confirmed: a small number in each transaction,
/// each by the operation that removes one otherwise and by what the person who confirmed may do now. One that was changed
/// since it was found missing is kept, and so is one that may not be removed; the list says why.
/// </summary>
internal sealed class RemoveMissing(RemoveTraveller remove)
{
    private const string Savepoint = "traveller";

    /// <summary>Removes the next ones of an import that is locked.</summary>
    public async Task RunAsync(NpgsqlTransaction transaction, Guid importId)
    {
        var db = transaction.Connection!;
        var (person, email, address) = await db.QuerySingleAsync<(Guid, string, string?)>(
            """
            select p.id, p.email, i.confirmed_from
            from control.traveller_import i join control.person p on p.id = i.confirmed_by where i.id = @importId
            """,
            new { importId });
        var work = new UnitOfWork(db, await Principal.ReadAsync(db, person, email), address);
        var next = await db.QueryAsync<(Guid Id, long Revision)>(
            """
            select traveller_id, revision from control.traveller_import_missing
            where import_id = @importId and state = 1 order by traveller_id limit @most
            """,
            new { importId, most = Limits.ImportChunkRows });
        var (removedCount, keptCount) = (0, 0);
        foreach (var (id, revision) in next)
        {
            var kept = await TryAsync(transaction, work, id, revision);
            await db.ExecuteAsync(
                """
                update control.traveller_import_missing set state = @state, reason = @kept
                where import_id = @importId and traveller_id = @id
                """,
                new { importId, id, kept, state = kept is null ? (short)2 : (short)3 });
            (removedCount, keptCount) = kept is null ? (removedCount + 1, keptCount) : (removedCount, keptCount + 1);
        }

        await db.ExecuteAsync(
            """
            update control.traveller_import
            set removed_total = removed_total + @removedCount, kept_total = kept_total + @keptCount
            where id = @importId;
            update control.traveller_import set state = 2, removed_at = ledger_now()
            where id = @importId and not exists (
              select from control.traveller_import_missing where import_id = @importId and state = 1)
            """,
            new { importId, removedCount, keptCount });
    }

    // Why it is kept; null when it is removed.
    private async Task<string?> TryAsync(NpgsqlTransaction transaction, UnitOfWork work, Guid id, long revision)
    {
        await transaction.SaveAsync(Savepoint);
        try
        {
            await remove.RunAsync(work, id, new Request(current => current == revision));
            await transaction.ReleaseAsync(Savepoint);
            return null;
        }
        catch (RefusedException refused)
        {
            await transaction.RollbackAsync(Savepoint);
            return refused.Problem switch
            {
                ProblemCode.ChangedByAnother => "It was changed since the list was imported.",
                ProblemCode.NotFound => "It was removed already, or you do not see it any more.",
                _ => refused.Message,
            };
        }
    }
}
