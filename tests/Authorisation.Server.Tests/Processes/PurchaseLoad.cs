using System.Collections.Concurrent;
using System.Diagnostics;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Tests.Processes;

/// <summary>Accounts and who may buy on each.</summary>
internal sealed record LoadAccount(Guid Id, Func<AuthoriseRequest> NewRequest, string Token);

/// <summary>
/// Clients that buy as fast as they are answered, on any of several servers, and that send an id again, to any server,
/// until it is answered.
/// </summary>
/// <remarks>
/// Safe for its own clients: each sends its own purchases, what they share are a concurrent queue and counters changed
/// atomically.
/// </remarks>
internal sealed class PurchaseLoad
{
    private const int Clients = 16;
    private const double HoldShare = 0.3;
    private const double AskedAgainShare = 0.1;
    private const double SentTwiceShare = 0.1;
    private const int AmountMinorMax = 20_000;

    // Short, so that a client that has a halted server before it soon tries the other.
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<ServerNode> _nodes;
    private readonly IReadOnlyList<LoadAccount> _accounts;
    private readonly ConcurrentQueue<SentPurchase> _sent = new();
    private readonly Task _clients;
    private readonly long[] _answersOf;
    private long _retries;
    private volatile bool _isStopping;

    /// <summary>Starts the clients.</summary>
    public PurchaseLoad(IReadOnlyList<ServerNode> nodes, IReadOnlyList<LoadAccount> accounts)
    {
        _nodes = nodes;
        _accounts = accounts;
        _answersOf = new long[nodes.Count];
        _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(seed => Task.Run(() => BuyAsync(seed))));
    }

    /// <summary>Everything that was sent.</summary>
    public IReadOnlyCollection<SentPurchase> Sent => _sent;

    /// <summary>How many calls failed and were made again.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>How many answers a server has given.</summary>
    public long AnswersOf(ServerNode node) => Interlocked.Read(ref _answersOf[IndexOf(node)]);

    /// <summary>Waits until a server has given some more answers.</summary>
    public async Task IsAnsweredByAsync(ServerNode node, int more, TimeSpan bound)
    {
        var before = AnswersOf(node);
        var answered = Eventually.TrueAsync(() => AnswersOf(node) >= before + more, bound, $"the server answers {more} more");
        if (await Task.WhenAny(answered, _clients) == _clients)
        {
            // A client gave up: what it has to say is the reason.
            await _clients;
        }

        await answered;
    }

    /// <summary>Begins no more purchases, and waits until all that were begun are answered.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        return _clients.WaitAsync(AnswerBound);
    }

    /// <summary>
    /// Every other client stays with one server while that answers, so that a server that stands still does not stop
    /// them all; the rest go anywhere, send an id to both at once, and ask again what they know.
    /// </summary>
    private async Task BuyAsync(int client)
    {
        var random = new Random(client);
        var isLoyal = client % 2 == 0;
        while (!_isStopping)
        {
            var account = _accounts[random.Next(_accounts.Count)];
            var request = account.NewRequest();
            request.AmountMinor = random.Next(1, AmountMinorMax);
            request.Hold = random.NextDouble() < HoldShare;
            var purchase = new SentPurchase(request, account.Id);
            _sent.Enqueue(purchase);

            if (isLoyal)
            {
                await UntilAnsweredAsync(purchase, account, client / 2 % _nodes.Count);
                continue;
            }

            if (random.NextDouble() < SentTwiceShare)
            {
                // An impatient client: the same id to both servers at once.
                await Task.WhenAll(_nodes.Select(node => UntilAnsweredAsync(purchase, account, IndexOf(node))));
            }
            else
            {
                await UntilAnsweredAsync(purchase, account, random.Next(_nodes.Count));
            }

            if (random.NextDouble() < AskedAgainShare)
            {
                await UntilAnsweredAsync(purchase, account, random.Next(_nodes.Count));
            }
        }
    }

    private async Task UntilAnsweredAsync(SentPurchase purchase, LoadAccount account, int first)
    {
        var began = Stopwatch.GetTimestamp();
        for (var node = first; ; node = (node + 1) % _nodes.Count)
        {
            try
            {
                var answer = await new TestCaller(_nodes[node].Channel, account.Token)
                    .AuthoriseAsync(purchase.Request, CallDeadline);
                purchase.Answers.Enqueue(answer);
                Interlocked.Increment(ref _answersOf[node]);
                return;
            }
            catch (RpcException e) when (IsToBeRetried(e) && Stopwatch.GetElapsedTime(began) < AnswerBound)
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay(RetryInterval);
            }
        }
    }

    /// <summary>As the contract says: unknown, or decided nothing; anything else would be a wrong answer.</summary>
    private static bool IsToBeRetried(RpcException exception) => exception.StatusCode
        is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;

    private int IndexOf(ServerNode node)
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            if (_nodes[i] == node)
            {
                return i;
            }
        }

        throw new ArgumentException("That server is not of this load.", nameof(node));
    }
}
