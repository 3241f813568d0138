using Authorisation.Core;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Npgsql;

namespace Authorisation.Ledger.Operations;

/// <summary>
/// Records the expiry of lapsed holds. No purchase depends on it: credit is free again from the moment a hold lapses,
/// since the next batch on the account expires it first.
/// </summary>
/// <remarks>
/// One server at a time does this: it holds a session's advisory lock meanwhile, which ends with its session, however
/// the server ends; Postgres ends the session of a server that hangs. Nothing is remembered from sweep to sweep; what
/// is left to do is in <c>open_hold</c>, so the next server continues where the last one stopped. Each expiry is
/// decided in the account's lane under its lock; if another session was faster, it is refused there and does no harm.
/// Used by one task at a time.
/// </remarks>
public sealed class HoldSweeper(LedgerDatabase database, CommitQueue queue)
{
    /// <summary>"hold" in ASCII: the advisory lock of the sweeping server.</summary>
    private const long SweepLock = 0x686f6c64;

    private const int PageSize = 500;

    private const string LookSql = "select ledger_now(), exists (select from open_hold where expires_at <= ledger_now())";

    private static readonly string LapsedSql = EmbeddedSql.Read("Operations.lapsed_holds.sql");

    /// <summary>Expires all holds that have lapsed.</summary>
    /// <param name="operatorOf">The terms of an operator; <see langword="null"/> for one that is not known yet.</param>
    /// <param name="cancellationToken">Stops between pages.</param>
    /// <param name="trusts">
    /// Whether the database's clock is believed, which this gets. An expiry cannot be undone, so nothing is expired on
    /// a clock that is in doubt. Unless given, it is believed.
    /// </param>
    /// <returns>
    /// How many were found and are expired now; <see langword="null"/> when another session holds the lock.
    /// </returns>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<int?> SweepAsync(
        Func<int, Operator?> operatorOf, CancellationToken cancellationToken, Func<DateTimeOffset, bool>? trusts = null) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var connection = await database.Sweeps.OpenConnectionAsync(cancellationToken);
            var (now, hasLapsed) = await LookAsync(connection, cancellationToken);
            if (!hasLapsed)
            {
                // The clock is watched all the same.
                trusts?.Invoke(now);
                return 0;
            }

            if (!await AskAsync(connection, $"select pg_try_advisory_lock({SweepLock})", cancellationToken))
            {
                return (int?)null;
            }

            try
            {
                return trusts is null || trusts(now) ? await SweepAsync(connection, operatorOf, now, cancellationToken) : 0;
            }
            finally
            {
                await AskAsync(connection, $"select pg_advisory_unlock({SweepLock})", CancellationToken.None);
            }
        });

    /// <summary>The database's clock, and whether any hold has lapsed by it.</summary>
    private static async Task<(DateTimeOffset Now, bool HasLapsed)> LookAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LookSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetFieldValue<DateTimeOffset>(0), reader.GetBoolean(1));
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<int> SweepAsync(
        NpgsqlConnection connection, Func<int, Operator?> operatorOf, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var expired = 0;
        var position = (ExpiresAt: DateTimeOffset.UnixEpoch, Id: Guid.Empty);
        while (true)
        {
            // From a position on, so that a hold which cannot be expired does not keep the others waiting.
            var page = await ReadPageAsync(connection, position, now, cancellationToken);
            var results = await Task.WhenAll(page
                .Where(hold => operatorOf(hold.OperatorId) is not null)
                .Select(hold => queue.CommitAsync(ExpiryOf(hold, operatorOf(hold.OperatorId)!), cancellationToken)));
            // Its batch expires what has lapsed before it decides anything, so most are expired when their turn comes.
            expired += results.Count(result => result.Status is CommitStatus.Decided or CommitStatus.Refused);
            if (page.Count < PageSize)
            {
                return expired;
            }

            position = (page[^1].ExpiresAt, page[^1].AuthorisationId);
        }
    }

    private static CommitItem ExpiryOf(LapsedHold hold, Operator terms)
    {
        var instrument = hold.CardNumber is { } card
            ? Instrument.Card(hold.OperatorId, card)
            : Instrument.App(hold.OperatorId, hold.AccountId);
        var expiry = new Operation
        {
            Id = Guid.CreateVersion7(),
            AuthorisationId = hold.AuthorisationId,
            Kind = OperationKind.Expiry,
            By = Actor.Service,
        };
        return new CommitItem(expiry, terms, new AccountKey(instrument, hold.AccountId), hold.Month);
    }

    private static async Task<List<LapsedHold>> ReadPageAsync(
        NpgsqlConnection connection, (DateTimeOffset ExpiresAt, Guid Id) position, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LapsedSql, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime> { TypedValue = position.ExpiresAt.UtcDateTime },
                new NpgsqlParameter<Guid> { TypedValue = position.Id },
                new NpgsqlParameter<int> { TypedValue = PageSize },
                new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<LapsedHold>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(new LapsedHold(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetInt32(2),
                CreditMonth.FromNumber(reader.GetInt32(3)),
                reader.GetFieldValue<DateTimeOffset>(4),
                reader.IsDBNull(5) ? null : reader.GetString(5)));
        }

        return page;
    }

    private sealed record LapsedHold(
        Guid AuthorisationId, Guid AccountId, int OperatorId, CreditMonth Month, DateTimeOffset ExpiresAt, string? CardNumber);
}
