using Authorisation.PrivateServers;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Looks first whether the ports that clients know are free: it would be a pity to learn it after a minute of starting.
/// </summary>
internal sealed class FreePorts(IReadOnlyList<int> ports) : IStartStep
{
    /// <inheritdoc/>
    public string? Doing => null;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancel)
    {
        foreach (var port in ports)
        {
            if (!Ports.IsFree(port))
            {
                throw Ports.InUse(port);
            }
        }

        return Task.CompletedTask;
    }
}
