using System.Globalization;
using Authorisation.Core;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Authorisation.Cache;

/// <summary>
/// Snapshots of credit accounts in Redis, by instrument, shared by all servers. A hint and never the truth: its answer
/// may be old or nothing, and no caller ever sees that Redis is in trouble.
/// </summary>
/// <remarks>
/// Safe for any number of threads: its only state is a multiplexed connection and a breaker, which are safe. A write is
/// on its way, in order, when <see cref="Write"/> returns, and one connection carries it and every
/// later read, so a server reads what it wrote or something newer. That order is also why the script is sent whole with
/// each write: by its hash, the first write after a restart of Redis would be lost and the reads behind it would find
/// nothing.
/// </remarks>
public sealed class CreditSnapshotCache : IAsyncDisposable
{
    private const CommandFlags WriteFlags = CommandFlags.NoScriptCache | CommandFlags.DemandMaster;

    private static readonly Task<AccountSnapshot?> Nothing = Task.FromResult<AccountSnapshot?>(null);
    private static readonly string SetIfNewer = Script("set_if_newer.lua");
    private static readonly RedisValue LifetimeMs = (long)Limits.SnapshotLifetime.TotalMilliseconds;

    private readonly TimeProvider _time;
    private readonly CacheBreaker _breaker;
    private readonly RedisConnection _connection;

    /// <summary>
    /// Starts to connect and returns; whether Redis is up makes no difference to the caller.
    /// </summary>
    /// <param name="options">Where Redis is.</param>
    /// <param name="logger">Gets one line when Redis stops serving and one when it serves again.</param>
    /// <param name="time">The clock of timeouts and of the breaker.</param>
    /// <exception cref="ArgumentException">The connection string names no server or cannot be read.</exception>
    public CreditSnapshotCache(CacheOptions options, ILogger<CreditSnapshotCache> logger, TimeProvider time)
    {
        _time = time;
        _breaker = new CacheBreaker(time, logger);
        _connection = new RedisConnection(options.ConnectionString, time);
    }

    /// <summary>
    /// For health checks: whether Redis is connected and has been answering. False is no reason to be unready.
    /// </summary>
    public bool IsServing => _connection.IsConnected && !_breaker.IsOpen;

    /// <summary>Whether Redis is left alone, as it has not been answering.</summary>
    public bool IsBreakerOpen => _breaker.IsOpen;

    /// <summary>
    /// The newest snapshot that Redis has for an instrument; <see langword="null"/> when it has none, or cannot say so
    /// within <see cref="Limits.CacheTimeout"/>. Never throws.
    /// </summary>
    public Task<AccountSnapshot?> ReadAsync(Instrument instrument) =>
        _connection.Database is { } database && _breaker.Enter() is var admission and not Admission.Refused
            ? ReadAsync(database, admission, instrument)
            : Nothing;

    /// <summary>
    /// The snapshots that Redis has of some instruments, for comparisons that can wait: it bypasses the breaker and
    /// waits as long as <paramref name="timeout"/>. <see langword="null"/> when Redis has not answered all by then.
    /// Never throws.
    /// </summary>
    public async Task<IReadOnlyList<AccountSnapshot>?> ReadAllAsync(IReadOnlyList<Instrument> instruments, TimeSpan timeout)
    {
        if (_connection.Database is not { } database)
        {
            return null;
        }

        var commands = instruments.Select(instrument => database.StringGetAsync(KeyOf(instrument))).ToList();
        try
        {
            var values = await Task.WhenAll(commands).WaitAsync(timeout, _time);
            var found = new List<AccountSnapshot>();
            for (var i = 0; i < values.Length; i++)
            {
                if (SnapshotFormat.TryRead((byte[]?)values[i], instruments[i], out var snapshot))
                {
                    found.Add(snapshot!);
                }
            }

            return found;
        }
        catch (Exception)
        {
            commands.ForEach(Observe);
            return null;
        }
    }

    /// <summary>
    /// Keeps snapshots for others, and for <see cref="Limits.SnapshotLifetime"/>, each unless Redis has a newer one, in as
    /// few commands as Redis takes. Does not wait and never throws; when Redis does not serve, nothing is kept.
    /// </summary>
    public void Write(IReadOnlyCollection<AccountSnapshot> snapshots)
    {
        if (_connection.Database is not { } database)
        {
            return;
        }

        if (_connection.IsCluster)
        {
            // Of 16,384 slots hardly two keys of a batch share one.
            foreach (var snapshot in snapshots)
            {
                WriteTogether(database, [snapshot]);
            }
        }
        else
        {
            WriteTogether(database, snapshots);
        }
    }

    /// <summary>Closes the connection, without waiting for commands on their way. Reads then find nothing.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>
    /// The account is in braces, so that Redis Cluster keeps all that is ever stored of it on one node.
    /// </summary>
    internal static string KeyOf(Instrument instrument) => instrument.Kind == InstrumentKind.Card
        ? string.Create(CultureInfo.InvariantCulture, $"credit:{{{instrument.OperatorId}:card:{instrument.CardNumber}}}")
        : string.Create(CultureInfo.InvariantCulture, $"credit:{{{instrument.OperatorId}:app:{instrument.AccountId}}}");

    private async Task<AccountSnapshot?> ReadAsync(IDatabase database, Admission admission, Instrument instrument)
    {
        Task<RedisValue>? command = null;
        try
        {
            command = database.StringGetAsync(KeyOf(instrument));
            byte[]? bytes = await command.WaitAsync(Limits.CacheTimeout, _time);
            _breaker.Succeeded(admission);
            return SnapshotFormat.TryRead(bytes, instrument, out var snapshot) ? snapshot : null;
        }
        catch (Exception exception)
        {
            Report(admission, command, exception);
            return null;
        }
    }

    private void WriteTogether(IDatabase database, IReadOnlyCollection<AccountSnapshot> snapshots)
    {
        var keys = new List<RedisKey>(snapshots.Count);
        var values = new List<RedisValue>(snapshots.Count + 1);
        foreach (var snapshot in snapshots)
        {
            if (SnapshotFormat.Write(snapshot) is { } bytes)
            {
                keys.Add(KeyOf(snapshot.Account.Instrument));
                values.Add(bytes);
            }
        }

        if (keys.Count > 0 && _breaker.Enter() is var admission and not Admission.Refused)
        {
            values.Add(LifetimeMs);
            _ = WriteAsync(database, admission, [.. keys], [.. values]);
        }
    }

    private async Task WriteAsync(IDatabase database, Admission admission, RedisKey[] keys, RedisValue[] values)
    {
        Task<RedisResult>? command = null;
        try
        {
            command = database.ScriptEvaluateAsync(SetIfNewer, keys, values, WriteFlags);
            await command.WaitAsync(Limits.CacheTimeout, _time);
            _breaker.Succeeded(admission);
        }
        catch (Exception exception)
        {
            Report(admission, command, exception);
        }
    }

    private void Report(Admission admission, Task? command, Exception exception)
    {
        if (command is not null)
        {
            Observe(command);
        }

        if (exception is RedisServerException && exception.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            // One key holds what it should not. Redis answers, and the other keys are none the worse.
            _breaker.Succeeded(admission);
        }
        else if (_connection.Database is not null)
        {
            _breaker.Failed(admission, CauseOf(exception));
        }
    }

    /// <summary>
    /// Given up on, a command may yet fail, and an unobserved exception is reported to the process.
    /// </summary>
    private static void Observe(Task command) => _ = command.ContinueWith(
        static late => late.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Not the exception's own text: that carries the key, and with it a card number.</summary>
    private static string CauseOf(Exception exception) => exception switch
    {
        TimeoutException => "no answer in time",
        RedisConnectionException => "no connection",
        RedisServerException => exception.Message.Split(' ')[0],
        _ => exception.GetType().Name,
    };

    /// <summary>An embedded script without its comments, which need not travel.</summary>
    private static string Script(string name)
    {
        using var stream = typeof(CreditSnapshotCache).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => !line.StartsWith("--", StringComparison.Ordinal)));
    }
}
