using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;

namespace Authorisation.Ledger.Reads;

/// <summary>Asks the database what a server must know to be fit to answer.</summary>
public sealed class LedgerProbe(LedgerDatabase database)
{
    private const string Sql = $"select ledger_now(), pg_is_in_recovery(), {Standby.CommitsWaitSql}";

    /// <summary>One look.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<LedgerState> LookAsync(CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = database.Own.CreateCommand(Sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new LedgerState(
                reader.GetFieldValue<DateTimeOffset>(0), reader.GetBoolean(1), reader.GetBoolean(2));
        });
}
