using Authorisation.Core;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Reads;

/// <summary>
/// Reads accounts and entries, without locks. Safe for any number of callers: its only state is <see cref="AccountReads"/>,
/// which is safe.
/// </summary>
/// <param name="connections">The pool that it reads on.</param>
/// <param name="keep">Is given the accounts that were read, many at once; null when nobody keeps them. Must not throw.</param>
public sealed partial class LedgerReader(
    NpgsqlDataSource connections, Action<IReadOnlyCollection<AccountSnapshot>>? keep = null)
{
    private static readonly string EntriesSql = EntryColumns.SqlOf("Rows.entries.sql");
    private static readonly string OperationsSql = EmbeddedSql.Read("Rows.operations.sql");
    private static readonly string ListSql = EntryColumns.SqlOf("Reads.list.sql");
    private static readonly string UnmatchedSql = EntryColumns.SqlOf("Reads.unmatched.sql");
    private static readonly string UnlapsedBalanceSql = EmbeddedSql.Read("Reads.unlapsed_balance.sql");
    private static readonly string HolderSql = EmbeddedSql.Read("Reads.holder.sql");

    private readonly AccountReads _accounts = new(connections, keep);

    /// <summary>Reads on the pool of the reads that callers ask for.</summary>
    public LedgerReader(LedgerDatabase database, Action<IReadOnlyCollection<AccountSnapshot>>? keep = null)
        : this(database.Reads, keep)
    {
    }

    /// <summary>The account on an instrument as it is now; <see langword="null"/> when there is none.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<CreditReading?> FindCreditAsync(
        Instrument instrument, TimeZoneInfo zone, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            if (await _accounts.ReadAsync(instrument, cancellationToken) is not { } snapshot)
            {
                return null;
            }

            var account = snapshot.Account;
            var month = CreditMonth.Of(snapshot.ReadAt, zone);
            if (account.Balance.Month > month)
            {
                var balance = await ReadMonthAsync(account.Id, month, cancellationToken);
                return new CreditReading(account with { Balance = balance }, snapshot.ReadAt);
            }

            if (account.Balance.In(month).NextHoldExpiry <= snapshot.ReadAt)
            {
                account = account with { Balance = await ReadUnlapsedAsync(snapshot, cancellationToken) };
            }

            return new CreditReading(account, snapshot.ReadAt);
        });

    /// <summary>The authorisation that an id has, with everything that happened to it.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<AuthorisationReading> FindAuthorisationAsync(Guid id, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select ledger_now()"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(EntriesSql) { Parameters = { Ids([id]) } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(OperationsSql) { Parameters = { Ids([id]), Ids([]) } });
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var now = reader.GetFieldValue<DateTimeOffset>(0);
            await reader.NextResultAsync(cancellationToken);
            var entry = await reader.ReadAsync(cancellationToken) ? EntryColumns.Read(reader) : null;
            await reader.NextResultAsync(cancellationToken);
            var operations = await ReadOperationsAsync(reader, cancellationToken);
            // The entry was read first: if it did not exist then, its operations must not be returned either.
            return new AuthorisationReading(entry is null ? null : new AuthorisationHistory(entry, operations), now);
        });

    /// <summary>What was asked of an instrument in a month, newest first.</summary>
    /// <param name="instrument">A card or an app.</param>
    /// <param name="month">The credit month.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<IReadOnlyList<AuthorisationHistory>> ListAsync(
        Instrument instrument, CreditMonth month, ListPosition after, int count, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = new NpgsqlCommand(ListSql)
            {
                Parameters =
                {
                    new NpgsqlParameter<int> { TypedValue = instrument.OperatorId },
                    new NpgsqlParameter<Guid> { TypedValue = instrument.AccountId },
                    new NpgsqlParameter { Value = (object?)instrument.CardNumber ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                    new NpgsqlParameter<int> { TypedValue = month.Number },
                    new NpgsqlParameter<DateTime> { TypedValue = after.DecidedAt.UtcDateTime },
                    new NpgsqlParameter<Guid> { TypedValue = after.Id },
                    new NpgsqlParameter<int> { TypedValue = count },
                },
            };
            return await ReadHistoriesAsync(command, cancellationToken);
        });

    /// <summary>
    /// Advices of cards that had no credit, which wait for a clerk to assign them to an account; oldest first.
    /// </summary>
    /// <param name="operatorId">The operator.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<IReadOnlyList<AuthorisationHistory>> ListUnmatchedAsync(
        int operatorId, int count, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = new NpgsqlCommand(UnmatchedSql)
            {
                Parameters =
                {
                    new NpgsqlParameter<int> { TypedValue = operatorId },
                    new NpgsqlParameter<int> { TypedValue = count },
                },
            };
            return await ReadHistoriesAsync(command, cancellationToken);
        });

    /// <summary>The account that had the card at a moment; <see langword="null"/> when none had it yet.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<Guid?> FindHolderAsync(Instrument card, DateTimeOffset at, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = connections.CreateCommand(HolderSql);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = card.OperatorId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = card.CardNumber! });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime });
            return (Guid?)await command.ExecuteScalarAsync(cancellationToken);
        });

    /// <summary>All operators with their terms.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<IReadOnlyList<Operator>> ListOperatorsAsync(CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = connections.CreateCommand(OperatorColumns.Sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var operators = new List<Operator>();
            while (await reader.ReadAsync(cancellationToken))
            {
                operators.Add(OperatorColumns.Read(reader));
            }

            return (IReadOnlyList<Operator>)operators;
        });

    private static NpgsqlParameter<Guid[]> Ids(Guid[] ids) => new() { TypedValue = ids };

    private static async Task<List<OperationEntry>> ReadOperationsAsync(
        NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var operations = new List<OperationEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            operations.Add(OperationColumns.Read(reader));
        }

        return operations;
    }

    /// <summary>The entries that a command finds, with what happened to each.</summary>
    private async Task<IReadOnlyList<AuthorisationHistory>> ReadHistoriesAsync(
        NpgsqlCommand find, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        return await ReadHistoriesAsync(connection, find, cancellationToken);
    }

    private static async Task<IReadOnlyList<AuthorisationHistory>> ReadHistoriesAsync(
        NpgsqlConnection connection, NpgsqlCommand find, CancellationToken cancellationToken)
    {
        find.Connection = connection;
        var entries = new List<AuthorisationEntry>();
        await using (var reader = await find.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                entries.Add(EntryColumns.Read(reader));
            }
        }

        await using var command = new NpgsqlCommand(OperationsSql, connection)
        {
            Parameters = { Ids([.. entries.Select(entry => entry.Purchase.Id)]), Ids([]) },
        };
        await using var operationsReader = await command.ExecuteReaderAsync(cancellationToken);
        var operations = (await ReadOperationsAsync(operationsReader, cancellationToken))
            .ToLookup(operation => operation.Request.AuthorisationId);
        return [.. entries.Select(entry => new AuthorisationHistory(entry, [.. operations[entry.Purchase.Id]]))];
    }

    /// <summary>The balance of an account some of whose holds may have lapsed, without those that have.</summary>
    private async Task<Balance> ReadUnlapsedAsync(AccountSnapshot snapshot, CancellationToken cancellationToken)
    {
        var balance = snapshot.Account.Balance;
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(UnlapsedBalanceSql, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = snapshot.Account.Id },
                new NpgsqlParameter<int> { TypedValue = balance.Month.Number },
                new NpgsqlParameter<DateTime> { TypedValue = snapshot.ReadAt.UtcDateTime },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        // Not there when the next month began in between: then what was read before is good enough for the one that is
        // over.
        return await reader.ReadAsync(cancellationToken)
            ? balance with { SpentMinor = reader.GetInt64(0), HeldMinor = reader.GetInt64(1) }
            : balance;
    }

    private async Task<Balance> ReadMonthAsync(Guid accountId, CreditMonth month, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(MonthBalance.Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = month.Number, NpgsqlDbType = NpgsqlDbType.Integer });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await MonthBalance.ReadAsync(reader, month);
    }
}
