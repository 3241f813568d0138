using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Database;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Cards;

/// <summary>
/// Numbers the cards that were changed, of each operator that no other server does it for. Which server does it is
/// settled by an advisory lock of Postgres for each operator, which belongs to a session: it is free again as soon as
/// that server dies, and Postgres ends the session of one that stands still.
/// </summary>
public sealed partial class CardSequencer(LedgerDatabase database, TimeProvider time, ILogger<CardSequencer> logger)
{
    // "card" in ASCII, and the operator in the lower half.
    private const string TakeOverSql = """
        with others as materialized (select id, time_zone from operator where id <> all ($1))
        select id, time_zone from others where pg_try_advisory_lock((x'63617264'::bigint << 32) + id)
        """;

    private const string GiveBackSql = "select pg_advisory_unlock((x'63617264'::bigint << 32) + $1)";

    private const string ChangedSql = """
        select o from unnest($1) o
        where exists (select from card_change c where c.operator_id = o)
          or exists (select from organisation_change c where c.operator_id = o)
        """;

    private readonly Dictionary<int, CardNumberer> _held = [];

    // When changed cards were last found.
    private long? _changedAt;

    // The operators whose cards could not be numbered, and why; logged once, and tried again every second.
    private readonly Dictionary<int, string> _troubles = [];
    private readonly HashSet<int> _resting = [];
    private bool _isConnected = true;

    // Read by other threads: how many operators it has, and when it last found none of their cards changed.
    private volatile int _operators;
    private long _caughtUpAt;

    /// <summary>How many operators' cards this server numbers; any thread may ask.</summary>
    public int Operators => _operators;

    /// <summary>
    /// How long ago all changed cards of those operators had been numbered; zero when there are none. A fraction of a
    /// second as long as it keeps up. Any thread may ask.
    /// </summary>
    public TimeSpan Lag => _operators == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(Interlocked.Read(ref _caughtUpAt));

    /// <summary>Goes on until it is stopped. To be run once.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = database.NewSequencerConnection();
                await connection.OpenAsync(stop);
                await SequenceAsync(connection, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (_isConnected)
                {
                    _isConnected = false;
                    LogLost(e.Message);
                }

                await Task.Delay(Limits.CardSequencerInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                // The locks went with the connection.
                _held.Clear();
                _resting.Clear();
                _operators = 0;
            }
        }
    }

    private async Task SequenceAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        long? takeOverAt = null, forgetAt = null;
        while (true)
        {
            var (free, changed) = await LookAsync(connection, IsDue(ref takeOverAt, Limits.CardSequencerInterval), stop);
            _isConnected = true;
            await TakeOverAsync(connection, free, stop);
            var hasMore = free.Count > 0;
            if (changed.Count == 0)
            {
                NoteCaughtUp();
            }
            else
            {
                _changedAt = time.GetTimestamp();
            }

            foreach (var id in changed)
            {
                hasMore |= await TryAsync(id, () => _held[id].PassAsync(stop));
            }

            if (_held.Count > 0 && IsDue(ref forgetAt, Limits.GoneCardsInterval))
            {
                await ForgetAsync(stop);
            }

            if (!hasMore)
            {
                var isBusy = _changedAt is { } at && time.GetElapsedTime(at) < Limits.CardChangesLingerTime;
                await Task.Delay(isBusy ? Limits.CardChangePollInterval : Limits.CardSequencerInterval, time, stop);
            }
        }
    }

    /// <summary>
    /// The operators that have become this server's, if it is to take over, and those of its others whose cards were
    /// changed; both in one transaction.
    /// </summary>
    private async Task<(List<(int Id, string Zone)> Free, List<int> Changed)> LookAsync(
        NpgsqlConnection connection, bool takesOver, CancellationToken stop)
    {
        var free = new List<(int, string)>();
        var changed = new List<int>();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ChangedSql) { Parameters = { Ids(_held.Keys) } });
        if (takesOver)
        {
            _resting.Clear();
            batch.BatchCommands.Add(new NpgsqlBatchCommand(TakeOverSql) { Parameters = { Ids(_held.Keys) } });
        }

        await using var reader = await batch.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            changed.Add(reader.GetInt32(0));
        }

        if (await reader.NextResultAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                free.Add((reader.GetInt32(0), reader.GetString(1)));
            }
        }

        return (free, changed);
    }

    private async Task TakeOverAsync(NpgsqlConnection connection, List<(int Id, string Zone)> free, CancellationToken stop)
    {
        var held = _held.Count;
        foreach (var (id, zone) in free)
        {
            if (!await TryAsync(id, () => BeginAsync(connection, id, zone, stop)))
            {
                // Another server may be able to; this one tries again with the next takeover.
                await using var giveBack = new NpgsqlCommand(GiveBackSql, connection)
                {
                    Parameters = { new NpgsqlParameter<int> { TypedValue = id } },
                };
                await giveBack.ExecuteNonQueryAsync(stop);
            }
        }

        if (_held.Count > held)
        {
            if (held == 0)
            {
                NoteCaughtUp();
            }

            _operators = _held.Count;
            LogSequencing(_held.Count);
        }
    }

    private void NoteCaughtUp() => Interlocked.Exchange(ref _caughtUpAt, Stopwatch.GetTimestamp());

    private async Task<bool> BeginAsync(NpgsqlConnection connection, int id, string zone, CancellationToken stop)
    {
        var numberer = new CardNumberer(connection, id, TimeZoneInfo.FindSystemTimeZoneById(zone));
        if (await numberer.BeginAsync(stop))
        {
            LogEpoch(id);
        }

        _held.Add(id, numberer);
        return true;
    }

    private async Task ForgetAsync(CancellationToken stop)
    {
        foreach (var id in _held.Keys)
        {
            long forgotten = 0;
            while (await TryAsync(id, async () =>
            {
                var many = await _held[id].ForgetAsync(stop);
                forgotten += many;
                return many == Limits.CardChangesPerPass;
            }))
            {
                // There may be more.
            }

            if (forgotten > 0)
            {
                LogForgotten(forgotten, id);
            }
        }
    }

    /// <summary>Does something for one operator; what fails for it must not stop the others.</summary>
    private async Task<bool> TryAsync(int id, Func<Task<bool>> work)
    {
        if (_resting.Contains(id))
        {
            return false;
        }

        try
        {
            var answer = await work();
            _troubles.Remove(id);
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException && (IsTooLong(e) || !SqlState.IsUnreachable(e)))
        {
            _resting.Add(id);
            if (!_troubles.TryGetValue(id, out var told) || told != e.Message)
            {
                _troubles[id] = e.Message;
                LogTrouble(id, e);
            }

            return false;
        }
    }

    /// <summary>
    /// Whether a statement ran into its timeout: what it was about took too long, and Postgres is well.
    /// </summary>
    private static bool IsTooLong(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    private bool IsDue(ref long? at, TimeSpan interval)
    {
        if (at is { } last && time.GetElapsedTime(last) < interval)
        {
            return false;
        }

        at = time.GetTimestamp();
        return true;
    }

    private static NpgsqlParameter<int[]> Ids(IEnumerable<int> ids) => new()
    {
        TypedValue = [.. ids],
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer,
    };

    [LoggerMessage(2201, LogLevel.Information, "This server numbers the cards of {Operators} operators")]
    private partial void LogSequencing(int operators);

    [LoggerMessage(2202, LogLevel.Warning, "Cards cannot be numbered by this server: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(2203, LogLevel.Error, "The changed cards of operator {Operator} could not be numbered; they are tried again")]
    private partial void LogTrouble(int @operator, Exception exception);

    [LoggerMessage(
        2204, LogLevel.Information,
        "Card numbers of operator {Operator} restarted: watchers get whole lists")]
    private partial void LogEpoch(int @operator);

    [LoggerMessage(2205, LogLevel.Information, "{Cards} cards of operator {Operator} without credit were forgotten")]
    private partial void LogForgotten(long cards, int @operator);
}
