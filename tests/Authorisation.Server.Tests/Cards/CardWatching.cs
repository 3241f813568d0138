using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Cards;

/// <summary>
/// A validator that watches its operator's cards, and does with each update what the contract says. It checks as it goes
/// that numbers only grow.
/// </summary>
/// <remarks>Its loop alone changes what it knows; tests look under the same lock.</remarks>
internal sealed class CardWatching : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<CardUpdate> _updates = [];
    private readonly Dictionary<string, CardUpdate> _cards;
    private readonly Task _loop;

    private CardWatching(ChannelBase channel, Metadata headers, long after, Dictionary<string, CardUpdate> known)
    {
        After = after;
        _cards = known;
        var call = new V1.OfflineService.OfflineServiceClient(channel).WatchCards(
            new WatchCardsRequest { AfterVersion = after }, new CallOptions(headers, cancellationToken: _stop.Token));
        _loop = FollowAsync(call);
    }

    /// <summary>The number to resume from.</summary>
    public long After { get; private set; }

    /// <summary>All that was sent.</summary>
    public List<CardUpdate> Updates => Look(() => _updates.ToList());

    /// <summary>How often it was told to forget its list.</summary>
    public int Resets => Look(() => _updates.Count(update => update.Reset));

    /// <summary>The card numbers that it knows.</summary>
    public List<string> Cards => Look(() => _cards.Keys.Order(StringComparer.Ordinal).ToList());

    /// <summary>How many cards it knows.</summary>
    public int CardCount => Look(() => _cards.Count);

    /// <summary>The call's end, which is an error always.</summary>
    public Task End => _loop;

    /// <summary>Begins to watch.</summary>
    public static CardWatching Start(TestCaller caller, ChannelBase channel, long after = 0) =>
        new(channel, caller.Headers, after, new Dictionary<string, CardUpdate>(StringComparer.Ordinal));

    /// <summary>Begins to watch from where another was, knowing what it knew.</summary>
    public CardWatching Resume(TestCaller caller, ChannelBase channel) =>
        Look(() => new CardWatching(
            channel, caller.Headers, After, new Dictionary<string, CardUpdate>(_cards, StringComparer.Ordinal)));

    /// <summary>The last update of a card; null for one that is not listed.</summary>
    public CardUpdate? Of(string card) => Look(() => _cards.GetValueOrDefault(card));

    /// <summary>The last update of a card; null for one that is not listed.</summary>
    public CardUpdate? Of(Core.Instrument card) => Of(card.CardNumber!);

    /// <summary>Waits until the first sending is over.</summary>
    public Task IsUpToDateAsync() => UntilAsync(() => _updates.Exists(update => update.UpToDate), "the list is up to date");

    /// <summary>Waits until it has been told a reason for a card; of none, that the card may be accepted.</summary>
    public Task HasAsync(Core.Instrument card, DeclineReason reason) => UntilAsync(
        () => _cards.TryGetValue(card.CardNumber!, out var update) && update.Reason == reason, $"{card} is {reason}");

    /// <summary>Waits for something that it is told.</summary>
    public Task UntilAsync(Func<bool> condition, string because, TimeSpan? bound = null) => Eventually.TrueAsync(
        () => Look(condition) || (_loop.IsFaulted ? throw _loop.Exception.InnerException! : false),
        bound ?? Eventually.Bound,
        because);

    /// <summary>Ends the call from this side.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => _loop);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_loop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync(AsyncServerStreamingCall<CardUpdate> call)
    {
        using (call)
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                lock (_gate)
                {
                    Note(call.ResponseStream.Current);
                }
            }
        }

        Assert.Fail("The call ended without an error.");
    }

    private void Note(CardUpdate update)
    {
        _updates.Add(update);
        if (update.Reset)
        {
            After = 0;
            _cards.Clear();
            return;
        }

        Assert.True(
            update.UpToDate ? update.Version >= After : update.Version > After, $"{update.Version} came after {After}.");
        After = update.Version;
        if (!update.UpToDate)
        {
            Assert.Equal(update.Denied, update.Reason != DeclineReason.Unspecified);
            Assert.NotNull(update.ChangedAt);
            _cards[update.CardNumber] = update;
        }
    }

    private T Look<T>(Func<T> look)
    {
        lock (_gate)
        {
            return look();
        }
    }
}
