using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;

namespace Grpc.HealthCheck;

/// <summary>
/// The health of services as it was set last. Statuses and watchers are read and changed under one lock; a watcher
/// hears of changes through a channel that keeps only the newest, so that a slow one holds nobody up.
/// </summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HealthCheckResponse.Types.ServingStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Channel<HealthCheckResponse.Types.ServingStatus>>> _watchers = new(StringComparer.Ordinal);

    /// <summary>How many services are watched now.</summary>
    internal int WatchedServices
    {
        get
        {
            lock (_gate)
            {
                return _watchers.Count;
            }
        }
    }

    /// <summary>Sets the health of a service.</summary>
    /// <param name="service">The service's name; empty for the server as a whole.</param>
    /// <param name="status">Its health.</param>
    public void SetStatus(string service, HealthCheckResponse.Types.ServingStatus status)
    {
        lock (_gate)
        {
            if (_statuses.TryGetValue(service, out var before) && before == status)
            {
                return;
            }

            _statuses[service] = status;
            Tell(service, status);
        }
    }

    /// <summary>Forgets the health of a service.</summary>
    /// <param name="service">The service's name.</param>
    public void ClearStatus(string service)
    {
        lock (_gate)
        {
            if (_statuses.Remove(service))
            {
                Tell(service, HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
            }
        }
    }

    /// <summary>Forgets the health of every service.</summary>
    public void ClearAll()
    {
        lock (_gate)
        {
            foreach (var service in _statuses.Keys.ToList())
            {
                _statuses.Remove(service);
                Tell(service, HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
            }
        }
    }

    /// <inheritdoc />
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        lock (_gate)
        {
            return _statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, ""));
        }
    }

    /// <inheritdoc />
    public override Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context) =>
        WatchAsync(request.Service, responseStream, context.CancellationToken);

    internal async Task WatchAsync(
        string service, IServerStreamWriter<HealthCheckResponse> responseStream, CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<HealthCheckResponse.Types.ServingStatus>(
            new BoundedChannelOptions(capacity: 1) { FullMode = BoundedChannelFullMode.DropOldest });
        Join(service, changes);
        try
        {
            HealthCheckResponse.Types.ServingStatus? told = null;
            await foreach (var status in changes.Reader.ReadAllAsync(cancellationToken))
            {
                if (status != told)
                {
                    told = status;
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The usual end of a watch: the client went away, or the application stops.
        }
        finally
        {
            Leave(service, changes);
        }
    }

    private void Join(string service, Channel<HealthCheckResponse.Types.ServingStatus> changes)
    {
        lock (_gate)
        {
            if (!_watchers.TryGetValue(service, out var watchers))
            {
                _watchers[service] = watchers = [];
            }

            watchers.Add(changes);
            changes.Writer.TryWrite(_statuses.GetValueOrDefault(service, HealthCheckResponse.Types.ServingStatus.ServiceUnknown));
        }
    }

    private void Leave(string service, Channel<HealthCheckResponse.Types.ServingStatus> changes)
    {
        lock (_gate)
        {
            var watchers = _watchers[service];
            watchers.Remove(changes);
            if (watchers.Count == 0)
            {
                // Anybody may watch any name: nothing is kept of one that nobody watches any more.
                _watchers.Remove(service);
            }
        }
    }

    private void Tell(string service, HealthCheckResponse.Types.ServingStatus status)
    {
        if (_watchers.TryGetValue(service, out var watchers))
        {
            foreach (var watcher in watchers)
            {
                watcher.Writer.TryWrite(status);
            }
        }
    }
}
