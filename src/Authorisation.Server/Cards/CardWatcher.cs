using Authorisation.Core;
using Authorisation.Ledger.Cards;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Cards;

/// <summary>
/// One watcher: first the cards that it has not seen, page by page from the ledger, as fast as it takes them; then the
/// changes, from the feed that it shares with others. Of one call.
/// </summary>
internal sealed class CardWatcher(
    int operatorId, CardFeeds feeds, Func<long, Task<CardPage>> read, IServerStreamWriter<CardUpdate> responses, WatchGuard guard)
    : IAsyncDisposable
{
    // Sent with the next message, so that a page is one write.
    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);

    private readonly List<CardUpdate> _next = new(Limits.CardPageSize + 1);
    private CardFeed? _feed;
    private int _generation;

    // The last number that was sent, and whether all that was sent since the list was begun is of these numbers.
    private long _after;
    private long _epoch;
    private bool _hasWholeList;
    private bool _isToldUpToDate;

    /// <summary>Goes on until the call must end.</summary>
    /// <exception cref="RpcException">Why it must.</exception>
    public async Task RunAsync(long after)
    {
        _after = after;
        await BeginListAsync();
        while (true)
        {
            if (await FollowAsync())
            {
                await BeginListAsync();
            }
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (_feed is not null)
        {
            feeds.Leave(_feed);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Sends the list from where the watcher is, or the whole one where that is not possible.</summary>
    private async Task BeginListAsync()
    {
        _generation = _feed?.Generation ?? 0;
        var page = await ReadAsync();
        if (_feed is null)
        {
            _feed = feeds.Join(operatorId, page.Numbering);
            _generation = _feed.Generation;
        }

        _hasWholeList = _after == 0;
        if (_after > 0 && (!page.Numbering.CanResumeAfter(_after) || (_epoch != 0 && page.Numbering.Epoch != _epoch)))
        {
            page = await ResetAsync();
        }

        _epoch = page.Numbering.Epoch;
        await SendListAsync(page);
    }

    /// <summary>Sends a page and those that follow it, and then that this was all.</summary>
    private async Task SendListAsync(CardPage page)
    {
        while (true)
        {
            _next.Clear();
            _next.AddRange(page.Cards.Select(CardMapping.ToUpdate));
            var isLast = page.Cards.Count < Limits.CardPageSize;
            _after = isLast ? Math.Max(_after, page.Numbering.Last) : page.Cards[^1].Version;
            if (isLast && !_isToldUpToDate)
            {
                _isToldUpToDate = true;
                _next.Add(new CardUpdate { Version = _after, UpToDate = true });
            }

            await SendAsync();
            if (isLast)
            {
                return;
            }

            page = await ReadAsync();
            if (page.Numbering.Epoch != _epoch || (!_hasWholeList && !page.Numbering.CanResumeAfter(_after)))
            {
                page = await ResetAsync();
                _epoch = page.Numbering.Epoch;
            }
        }
    }

    /// <summary>Sends changes as they come. Answers when a list must be sent again.</summary>
    private async Task<bool> FollowAsync()
    {
        var isFollowing = false;
        while (true)
        {
            switch (_feed!.Take(ref _after, _generation, _next, out var changed))
            {
                case FeedAnswer.Changes:
                    await SendAsync();
                    break;
                case FeedAnswer.Nothing:
                    await guard.WaitAsync(changed);
                    break;
                case FeedAnswer.NotKept when isFollowing:
                    throw WatchGuard.TooSlow();
                default:
                    return true;
            }

            isFollowing = true;
        }
    }

    /// <summary>Makes the watcher forget what it has, and reads the first page of all.</summary>
    private async Task<CardPage> ResetAsync()
    {
        _next.Clear();
        _next.Add(new CardUpdate { Reset = true });
        await SendAsync();
        _after = 0;
        _hasWholeList = true;
        _isToldUpToDate = false;
        return await ReadAsync();
    }

    private async Task<CardPage> ReadAsync()
    {
        var reading = read(_after);
        await guard.WaitAsync(reading);
        return await reading;
    }

    private async Task SendAsync()
    {
        for (var i = 0; i < _next.Count; i++)
        {
            responses.WriteOptions = i < _next.Count - 1 ? Buffered : null;
            await guard.SendAsync(responses.WriteAsync(_next[i]));
        }
    }
}
