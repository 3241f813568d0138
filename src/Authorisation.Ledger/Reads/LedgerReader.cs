using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Reads;

/// <summary>Reads accounts and entries, without locks. Safe for any number of callers: it keeps no state.</summary>
public sealed class LedgerReader(LedgerDatabase database)
{
    private static readonly string AccountsSql = EmbeddedSql.Read("Rows.accounts.sql");
    private static readonly string EntriesSql = EmbeddedSql.Read("Rows.entries.sql");

    /// <summary>The account on an instrument as it is now; <see langword="null"/> when there is none.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<CreditReading?> FindCreditAsync(
        Instrument instrument, TimeZoneInfo zone, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var connection = await database.Reads.OpenConnectionAsync(cancellationToken);
            if (await ReadAccountAsync(connection, instrument, cancellationToken) is not { } snapshot)
            {
                return null;
            }

            var month = CreditMonth.Of(snapshot.ReadAt, zone);
            if (snapshot.Account.Balance.Month <= month)
            {
                return new CreditReading(snapshot.Account, snapshot.ReadAt, snapshot);
            }

            var balance = await ReadMonthAsync(connection, snapshot.Account.Id, month, cancellationToken);
            return new CreditReading(snapshot.Account with { Balance = balance }, snapshot.ReadAt, Snapshot: null);
        });

    /// <summary>The entry that an id has; <see langword="null"/> when it was never decided.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<AuthorisationEntry?> FindEntryAsync(Guid id, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = database.Reads.CreateCommand(EntriesSql);
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [id] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? EntryColumns.Read(reader) : null;
        });

    private static async Task<AccountSnapshot?> ReadAccountAsync(
        NpgsqlConnection connection, Instrument instrument, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AccountsSql, connection);
        var parameters = new InstrumentParameters();
        parameters.Add(instrument);
        parameters.AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return AccountColumns.Read(reader, instrument) is { } account
            ? new AccountSnapshot(account, AccountColumns.Now(reader))
            : null;
    }

    private static async Task<Balance> ReadMonthAsync(
        NpgsqlConnection connection, Guid accountId, CreditMonth month, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MonthBalance.Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = month.Number, NpgsqlDbType = NpgsqlDbType.Integer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await MonthBalance.ReadAsync(reader, month);
    }
}
