namespace Authorisation.Standalone.Start;

/// <summary>
/// One step of the start. The steps run in order, and what they started is stopped in the reverse order.
/// </summary>
internal interface IStartStep
{
    /// <summary>
    /// What it does, shown while it does it, "Starting Redis"; null where that is too quick to be shown.
    /// </summary>
    string? Doing { get; }

    /// <summary>
    /// Does it. When it throws, nothing that it started may be left that <see cref="StopAsync"/> does not stop.
    /// </summary>
    Task StartAsync(CancellationToken cancel);

    /// <summary>Stops what it started, if anything; also called when the start was interrupted in its middle.</summary>
    Task StopAsync() => Task.CompletedTask;

    /// <summary>
    /// Runs while everything is up: keeps what it started alive, or throws when that is not possible.
    /// </summary>
    Task WatchAsync(CancellationToken cancel) => Task.CompletedTask;
}
