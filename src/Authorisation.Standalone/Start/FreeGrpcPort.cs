using Authorisation.Standalone.PrivateServers;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Looks first whether the port that clients know is free: it would be a pity to learn it after a minute of starting.
/// </summary>
internal sealed class FreeGrpcPort(int port) : IStartStep
{
    /// <inheritdoc/>
    public string? Doing => null;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel) =>
        Ports.IsFree(port) ? Task.CompletedTask : throw Ports.InUse(port);
}
