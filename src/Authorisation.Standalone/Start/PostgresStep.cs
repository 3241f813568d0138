using Authorisation.PrivateServers;

namespace Authorisation.Standalone.Start;

/// <summary>Starts the private Postgres and keeps it running.</summary>
internal sealed class PostgresStep(PrivatePostgres postgres, TextWriter output) : IStartStep
{
    /// <inheritdoc/>
    public string Doing => postgres.IsNew
        ? "Making a Postgres of its own and starting it (the first time only)"
        : "Starting Postgres";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel) => postgres.StartAsync(cancel);

    /// <inheritdoc/>
    public Task StopAsync() => postgres.StopAsync();

    /// <inheritdoc/>
    public Task WatchAsync(CancellationToken cancel) =>
        Restarts.WatchAsync("Postgres", () => postgres.Ended, postgres.StartAsync, output, cancel);
}
