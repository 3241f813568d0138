using System.Collections.Concurrent;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Processes;

/// <summary>
/// Clients that hold, capture, void, refund and void again, each step on any of several servers and sent again with its
/// own id until it is answered.
/// </summary>
/// <remarks>Safe for its own clients: what they share are concurrent queues and a counter changed atomically.</remarks>
internal sealed class OperationLoad
{
    private const int Clients = 12;

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(5);

    private readonly IReadOnlyList<ServerNode> _nodes;
    private readonly string _token;
    private readonly Func<AuthoriseRequest> _newRequest;
    private readonly ConcurrentQueue<(string OperationId, OperationResponse Answer)> _done = new();
    private readonly ConcurrentQueue<(string Id, long KeptMinor)> _ended = new();
    private readonly Task _clients;
    private int _retries;
    private volatile bool _isStopping;

    /// <summary>Starts the clients.</summary>
    public OperationLoad(IReadOnlyList<ServerNode> nodes, string token, Func<AuthoriseRequest> newRequest)
    {
        (_nodes, _token, _newRequest) = (nodes, token, newRequest);
        _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => LiveAsync(new Random(client)))));
    }

    /// <summary>The operations that were answered.</summary>
    public IReadOnlyCollection<(string OperationId, OperationResponse Answer)> Done => _done;

    /// <summary>The purchases whose life is over, and what was taken for each and not given back.</summary>
    public IReadOnlyCollection<(string Id, long KeptMinor)> Ended => _ended;

    /// <summary>How many calls failed and were made again.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Waits until some more lives have ended.</summary>
    public async Task GoesOnAsync(int more)
    {
        var before = _ended.Count;
        var ended = Eventually.TrueAsync(() => _clients.IsFaulted || _ended.Count >= before + more, Eventually.ProcessBound, "lives end");
        await ended;
        if (_clients.IsFaulted)
        {
            await _clients;
        }
    }

    /// <summary>Begins no more lives and waits for those that were begun.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        return _clients.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task LiveAsync(Random random)
    {
        while (!_isStopping)
        {
            var request = _newRequest();
            request.AmountMinor = random.Next(2, 500);
            request.Hold = random.Next(3) > 0;
            var id = request.AuthorisationId;
            if (random.Next(8) == 0)
            {
                // The client gave up before its purchase was answered: whichever comes first, nothing is kept.
                var late = UntilAnsweredAsync(random.Next(2), caller => caller.AuthoriseAsync(request, CallDeadline));
                await OperateAsync(random, caller => operation => caller.VoidAsync(new VoidRequest { OperationId = operation, AuthorisationId = id }));
                await late;
                _ended.Enqueue((id, 0));
                continue;
            }

            Assert.Equal(Decision.Approved, (await UntilAnsweredAsync(random.Next(2), caller => caller.AuthoriseAsync(request, CallDeadline))).Decision);
            var kept = request.AmountMinor;
            if (request.Hold)
            {
                kept = random.Next(1, (int)kept + 1);
                var capture = await OperateAsync(random, caller => operation =>
                    caller.CaptureAsync(new CaptureRequest { OperationId = operation, AuthorisationId = id, AmountMinor = kept }));
                Assert.Equal(kept, capture.Authorisation.CapturedMinor);
            }

            if (random.Next(2) == 0)
            {
                var given = random.Next(1, (int)kept + 1);
                var refund = await OperateAsync(random, caller => operation =>
                    caller.RefundAsync(new RefundRequest { OperationId = operation, AuthorisationId = id, AmountMinor = given }));
                Assert.Equal(given, refund.Authorisation.RefundedMinor);
                kept -= given;
            }
            else if (random.Next(2) == 0)
            {
                await OperateAsync(random, caller => operation => caller.VoidAsync(new VoidRequest { OperationId = operation, AuthorisationId = id }));
                kept = 0;
            }

            _ended.Enqueue((id, kept));
        }
    }

    private async Task<OperationResponse> OperateAsync(Random random, Func<TestCaller, Func<string, Task<OperationResponse>>> call)
    {
        var id = TestCaller.NewId();
        var answer = await UntilAnsweredAsync(random.Next(2), caller => call(caller)(id));
        _done.Enqueue((id, answer));
        return answer;
    }

    private async Task<T> UntilAnsweredAsync<T>(int first, Func<TestCaller, Task<T>> call)
    {
        for (var node = first; ; node = (node + 1) % _nodes.Count)
        {
            try
            {
                return await call(new TestCaller(_nodes[node].Channel, _token));
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted)
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay(RetryInterval);
            }
        }
    }
}
