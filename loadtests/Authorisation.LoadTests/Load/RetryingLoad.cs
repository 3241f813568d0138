using System.Diagnostics;
using System.Net;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Scenarios;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;

namespace Authorisation.LoadTests.Load;

/// <summary>
/// The open model behind a client that retries: purchases arrive independently of one another, whether or not those
/// before have been answered, and each takes from the moment when it was due until it is answered, retries included.
/// </summary>
/// <remarks>
/// One thread begins the purchases; each ends where its answer arrives. What has ended is a list under a lock.
/// </remarks>
internal sealed class RetryingLoad(StageFacts facts, double perSecond)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<RetriedPurchase> _ended = [];
    private readonly Random _random = new();

    /// <summary>Runs it until it is stopped and everything that arrived has ended.</summary>
    public async Task<IReadOnlyList<RetriedPurchase>> RunAsync(IEnumerable<IPEndPoint> servers, CancellationToken stop)
    {
        await using var client = new RetryingClient(servers, facts.Token, Patience);
        var begun = new List<Task>();
        await Task.Factory.StartNew(
            () => Begin(client, begun, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(begun);
        return _ended;
    }

    /// <summary>
    /// When the first of those purchases was answered that became due at a moment or later; null while none was.
    /// </summary>
    public long? FirstAnswerOfThoseDueFrom(long moment)
    {
        lock (_ended)
        {
            var answered = _ended.Where(purchase => purchase.DueAt >= moment && purchase.Decision is not null).ToList();
            return answered.Count == 0 ? null : answered.Min(purchase => purchase.EndedAt);
        }
    }

    private void Begin(RetryingClient client, List<Task> begun, CancellationToken stop)
    {
        Readiness.SharpenTimer();
        var ids = new IdSource(_random);
        var meanGapTicks = Stopwatch.Frequency / perSecond;
        double next = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            Readiness.Sleep((long)next);
            begun.Add(BuyAsync(client, ids.Next(), (long)next));
            next -= Math.Log(1 - _random.NextDouble()) * meanGapTicks;
        }
    }

    private async Task BuyAsync(RetryingClient client, Guid id, long dueAt)
    {
        var request = new AuthoriseRequest
        {
            AuthorisationId = id.ToString(),
            CardNumber = $"{facts.FirstCard + _random.Next(facts.Cards):D12}",
            AmountMinor = PurchaseTemplate.AmountMin,
            Currency = "SEK",
            Product = "single-adult",
            OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
            Trip = new Trip { Vehicle = "1287", Line = "42", Stop = "Torget" },
            DeviceId = "validator-0017",
        };
        var purchase = await client.BuyAsync(request, id, dueAt);
        lock (_ended)
        {
            _ended.Add(purchase);
        }
    }
}
