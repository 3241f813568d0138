using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Cards;

/// <summary>
/// A validator that watches through whichever server is there: when a call fails it resumes, at the next server, from the
/// last version that it saw.
/// </summary>
/// <remarks>Its loop alone changes what it has; tests read the numbers while it runs and the rest when it has ended.</remarks>
internal sealed class WatcherChain : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly IReadOnlyList<ServerNode> _nodes;
    private readonly string _token;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<CardUpdate> _updates = [];
    private readonly Task _loop;
    private int _at;
    private long _after;

    private WatcherChain(IReadOnlyList<ServerNode> nodes, int first, string token)
    {
        (_nodes, _at, _token) = (nodes, first, token);
        _loop = Task.Run(FollowAsync);
    }

    /// <summary>The last version that it saw.</summary>
    public long After => Interlocked.Read(ref _after);

    /// <summary>How many calls it made that told it something.</summary>
    public int Calls { get; private set; }

    /// <summary>All that it was told, over all of its calls.</summary>
    public IReadOnlyList<CardUpdate> Updates => _updates;

    /// <summary>Begins to watch, at one of the servers.</summary>
    public static WatcherChain Start(IReadOnlyList<ServerNode> nodes, int first, string token) => new(nodes, first, token);

    /// <summary>Ends it.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop.WaitAsync(Eventually.Bound);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(_nodes[_at]);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Internal
                or StatusCode.Cancelled or StatusCode.Unknown or StatusCode.ResourceExhausted)
            {
                _at = (_at + 1) % _nodes.Count;
                await Task.Delay(RetryInterval);
            }
        }
    }

    private async Task WatchAsync(ServerNode node)
    {
        using var call = new V1.OfflineService.OfflineServiceClient(node.Channel).WatchCards(
            new WatchCardsRequest { AfterVersion = _after },
            new CallOptions(new TestCaller(node.Channel, _token).Headers, cancellationToken: _stop.Token));
        var isFirst = true;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var update = call.ResponseStream.Current;
            Assert.True(update.UpToDate ? update.Version >= _after : update.Version > _after, $"{update} after {_after}");
            if (isFirst)
            {
                isFirst = false;
                Calls++;
            }

            _updates.Add(update);
            Interlocked.Exchange(ref _after, update.Version);
        }
    }
}
