using System.Diagnostics;
using System.Globalization;
using System.Net;
using Authorisation.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Authorisation.LoadTests.Load;

/// <summary>
/// A client as the contract's documentation has it, made of the library that users have: a purchase that is answered
/// UNAVAILABLE or not in time is sent again with the same id, at once to another server and then after a moment that
/// grows. As a balancer does, it asks each server's health and prefers those that serve.
/// </summary>
/// <remarks>For any number of callers: what they share is whether each server serves, a volatile each, and a counter.</remarks>
internal sealed class RetryingClient : IAsyncDisposable
{
    private static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstMoment = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestMoment = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ExhaustedMoment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HealthPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(1);

    private readonly List<Server> _servers;
    private readonly Metadata _headers;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private int _next;

    /// <summary>Prepares the connections and begins to ask health.</summary>
    /// <param name="servers">Where the servers listen.</param>
    /// <param name="token">The bearer token of every call.</param>
    /// <param name="patience">How long after it was due a purchase is still retried.</param>
    public RetryingClient(IEnumerable<IPEndPoint> servers, string token, TimeSpan patience)
    {
        _servers = [.. servers.Select(address => new Server(address))];
        _headers = new Metadata { { "authorization", $"Bearer {token}" } };
        _patience = patience;
        _watching = Task.WhenAll(_servers.Select(server => server.WatchAsync(_stop.Token)));
    }

    /// <summary>Buys, and retries until there is an answer or the patience is at its end. Never throws.</summary>
    public async Task<RetriedPurchase> BuyAsync(AuthoriseRequest request, Guid id, long dueAt)
    {
        var server = Choose(not: null);
        var moment = FirstMoment;
        for (var tries = 1; ; tries++)
        {
            RpcException failure;
            try
            {
                var answer = await server.Purchases.AuthoriseAsync(request, _headers, DateTime.UtcNow + TryTimeout, _stop.Token);
                return new RetriedPurchase(id, dueAt, Stopwatch.GetTimestamp(), tries, answer.Decision, Judge(request, answer));
            }
            catch (RpcException e)
            {
                failure = e;
            }

            if (!IsRetried(failure.StatusCode) || Stopwatch.GetElapsedTime(dueAt) > _patience)
            {
                return new RetriedPurchase(
                    id, dueAt, Stopwatch.GetTimestamp(), tries, null, $"{failure.StatusCode}: {failure.Status.Detail}");
            }

            var other = Choose(server);
            if (other == server || tries > 1)
            {
                await Task.Delay(failure.StatusCode == StatusCode.ResourceExhausted ? ExhaustedMoment : moment);
                moment = moment * 2 < LongestMoment ? moment * 2 : LongestMoment;
            }

            server = other;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _servers.ForEach(server => server.Dispose());
        _stop.Dispose();
    }

    private static bool IsRetried(StatusCode status) =>
        status is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;

    private static string? Judge(AuthoriseRequest request, AuthoriseResponse answer) =>
        answer.AuthorisationId != request.AuthorisationId
            ? $"The answer to {request.AuthorisationId} is of {answer.AuthorisationId}."
            : answer.Decision == Decision.Approved ? null : $"The decision was {answer.Decision} {answer.DeclineReason}.";

    // The next in turn that serves, and is another one than the last that failed, as far as there are such.
    private Server Choose(Server? not)
    {
        var first = Interlocked.Increment(ref _next) & int.MaxValue;
        var inTurn = Enumerable.Range(0, _servers.Count).Select(i => _servers[(first + i) % _servers.Count]);
        return inTurn.MinBy(server => (server.IsServing ? 0 : 2) + (server == not ? 1 : 0))!;
    }

    private sealed class Server : IDisposable
    {
        private readonly GrpcChannel _channel;
        private readonly Health.HealthClient _health;
        private volatile bool _isServing;

        public Server(IPEndPoint address)
        {
            _channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{address.Port}"));
            _health = new Health.HealthClient(_channel);
            Purchases = new AuthorisationService.AuthorisationServiceClient(_channel);
        }

        public AuthorisationService.AuthorisationServiceClient Purchases { get; }

        public bool IsServing => _isServing;

        public async Task WatchAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    var answer = await _health.CheckAsync(
                        new HealthCheckRequest(), deadline: DateTime.UtcNow + HealthTimeout, cancellationToken: stop);
                    _isServing = answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
                }
                catch (RpcException)
                {
                    _isServing = false;
                }

                await Task.Delay(HealthPoll, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        public void Dispose() => _channel.Dispose();
    }
}
