using Authorisation.Core;
using StackExchange.Redis;

namespace Authorisation.Cache;

/// <summary>
/// The one connection to Redis. It comes up in the background, as soon as Redis is up, and reconnects after every loss;
/// no caller waits for it.
/// </summary>
/// <remarks>
/// Connecting and disposing may happen at once. The task that takes the multiplexer out of its field closes it, and an
/// atomic exchange lets only one take it: the connecting task reads the token after it has set the field, disposing
/// cancels the token before it reads the field, so at least one of them sees what the other did.
/// </remarks>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private ConnectionMultiplexer? _multiplexer;
    private IDatabase? _database;
    private int _disposed;

    /// <summary>Starts to connect.</summary>
    /// <exception cref="ArgumentException">The connection string names no server or cannot be read.</exception>
    public RedisConnection(string connectionString, TimeProvider time)
    {
        _time = time;
        var options = OptionsFrom(connectionString);

        // On the thread pool, because the first steps of connecting are synchronous.
        var stopping = _stopping.Token;
        _ = Task.Run(() => ConnectAsync(options, stopping));
    }

    /// <summary>
    /// What commands go to; <see langword="null"/> before the first attempt to connect has ended, and after the end.
    /// </summary>
    public IDatabase? Database => Volatile.Read(ref _database);

    public bool IsConnected => Volatile.Read(ref _multiplexer)?.IsConnected ?? false;

    /// <summary>
    /// Whether Redis is a cluster, so that one command can name keys of one slot only. Asked of the nodes: the client
    /// itself takes a cluster for one server as long as it knows no node's address.
    /// </summary>
    public bool IsCluster => Volatile.Read(ref _multiplexer) is { } multiplexer
        && multiplexer.GetServers().Any(server => server.ServerType == ServerType.Cluster);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stopping.CancelAsync();
            await CloseAsync();
            _stopping.Dispose();
        }
    }

    private static ConfigurationOptions OptionsFrom(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        if (options.EndPoints.Count == 0)
        {
            throw new ArgumentException("The connection string of the cache names no server.", nameof(connectionString));
        }

        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.ConnectTimeout = (int)Limits.CacheConnectTimeout.TotalMilliseconds;
        options.ReconnectRetryPolicy = new LinearRetry((int)Limits.CacheBreakerOpenTime.TotalMilliseconds);
        options.KeepAlive = (int)Limits.CacheKeepAliveInterval.TotalSeconds;

        // A command for a node that is not there fails at once. Kept until the node comes back, it would be late by
        // then, and as many as were asked meanwhile.
        options.BacklogPolicy = BacklogPolicy.FailFast;

        // Neither is of use to a cache, and both touch keys and channels that are not ours.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        return options;
    }

    private async Task ConnectAsync(ConfigurationOptions options, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
                Volatile.Write(ref _database, multiplexer.GetDatabase());
                Interlocked.Exchange(ref _multiplexer, multiplexer);
                break;
            }
            catch (Exception)
            {
                // A Redis that is not there does not come here; a name that does not resolve can.
                await Task.Delay(Limits.CacheBreakerOpenTime, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        if (stopping.IsCancellationRequested)
        {
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        Volatile.Write(ref _database, null);
        if (Interlocked.Exchange(ref _multiplexer, null) is not { } multiplexer)
        {
            return;
        }

        // It is being thrown away; its outcome does not matter to the process.
        await multiplexer.CloseAsync(allowCommandsToComplete: false)
            .WaitAsync(Limits.CacheConnectTimeout, _time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
