using Authorisation.Core;
using Authorisation.Ledger.Cards;
using Authorisation.Ledger.Database;
using Authorisation.Server.Following;

namespace Authorisation.Server.Cards;

/// <summary>
/// The feeds of the operators that have watchers on this server, kept up to date from the ledger: when Postgres signals
/// that cards were numbered, and by a query every <see cref="Limits.CardPollInterval"/> in any case. While Postgres is
/// unreachable watchers wait.
/// </summary>
/// <remarks>Watchers join and leave within the lock; only the background loop adds to feeds.</remarks>
public sealed partial class CardFeeds(LedgerDatabase database, CardReader cards, ILogger<CardFeeds> logger)
    : LedgerFollower(Limits.CardPollInterval)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, CardFeed> _feeds = [];

    /// <summary>
    /// The feed of an operator, from where its numbers are now, or from before, if others watch already. To be left
    /// again.
    /// </summary>
    internal CardFeed Join(int operatorId, CardNumbering now)
    {
        lock (_gate)
        {
            if (!_feeds.TryGetValue(operatorId, out var feed))
            {
                _feeds.Add(operatorId, feed = new CardFeed(operatorId, now));
            }

            feed.Watchers++;
            return feed;
        }
    }

    /// <summary>Leaves a feed, which ends with its last watcher.</summary>
    internal void Leave(CardFeed feed)
    {
        lock (_gate)
        {
            if (--feed.Watchers == 0)
            {
                _feeds.Remove(feed.OperatorId);
            }
        }
    }

    /// <inheritdoc />
    protected override async Task FollowAsync(CancellationToken stop)
    {
        await using var notices = await CardNotices.OpenAsync(database, stop);
        while (true)
        {
            await LookAsync(notices, stop);
            if (NoteFollowing())
            {
                LogFollowing();
            }

            await notices.WaitAsync(Limits.CardPollInterval, stop);
        }
    }

    /// <inheritdoc />
    protected override void TellLost(string reason) => LogLost(reason);

    /// <summary>Looks how far the numbers have come, and reads what is new of those feeds that are behind.</summary>
    private async Task LookAsync(CardNotices notices, CancellationToken stop)
    {
        var feeds = Feeds();
        if (feeds.Length == 0)
        {
            return;
        }

        var numberings = await notices.ReadAsync([.. feeds.Select(feed => feed.OperatorId)], stop);
        await ReadAsync(
            feeds.Where(feed => numberings.TryGetValue(feed.OperatorId, out var numbering) && feed.IsBehind(numbering)), stop);
    }

    /// <summary>
    /// Reads what is new in some feeds, a page of each in turn, so that a long feed does not delay the others.
    /// </summary>
    private async Task ReadAsync(IEnumerable<CardFeed> feeds, CancellationToken stop)
    {
        var unread = new Queue<CardFeed>(feeds);
        while (unread.TryDequeue(out var feed))
        {
            if (feed.Add(await cards.ReadAsync(feed.OperatorId, feed.Position, stop)))
            {
                unread.Enqueue(feed);
            }
        }
    }

    private CardFeed[] Feeds()
    {
        lock (_gate)
        {
            return [.. _feeds.Values];
        }
    }

    [LoggerMessage(4301, LogLevel.Warning, "Changes of cards cannot be followed, watchers wait: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(4302, LogLevel.Information, "Changes of cards are followed again")]
    private partial void LogFollowing();
}
