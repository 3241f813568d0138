using Authorisation.PrivateServers;

namespace Authorisation.Standalone.Start;

/// <summary>Starts the private Redis and keeps it running.</summary>
internal sealed class RedisStep(PrivateRedis redis, TextWriter output) : IStartStep
{
    /// <inheritdoc/>
    public string Doing => "Starting Redis";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel) => redis.StartAsync(cancel);

    /// <inheritdoc/>
    public Task StopAsync() => redis.StopAsync();

    /// <inheritdoc/>
    public Task WatchAsync(CancellationToken cancel) =>
        Restarts.WatchAsync("Redis", () => redis.Ended, redis.StartAsync, output, cancel);
}
