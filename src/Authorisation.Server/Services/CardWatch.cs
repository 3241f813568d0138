using Authorisation.Core;
using Authorisation.Ledger.Cards;
using Authorisation.Ledger.Shares;
using Authorisation.Server.Access;
using Authorisation.Server.Cards;
using Authorisation.Server.Contract;
using Authorisation.Server.Ledgers;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>
/// The call <c>WatchCards</c>: identifies the caller, checks its rights, and runs a watcher for as long as the call
/// lasts.
/// </summary>
/// <remarks>Safe for any number of calls: its only state between them is counts, which are safe.</remarks>
public sealed class CardWatch(
    CallerResolver callers,
    LedgerDirectory ledgers,
    TimeProvider time,
    IHostApplicationLifetime lifetime)
{
    private readonly Room _places = new(Limits.WatchersMax);

    /// <summary>How many watchers there are now.</summary>
    public int Watchers => _places.Held;

    /// <summary>Sends the cards of the caller's operator, and then each change.</summary>
    /// <exception cref="RpcException">Always, in the end: the call does not end by itself.</exception>
    public async Task RunAsync(
        WatchCardsRequest request, IServerStreamWriter<CardUpdate> responses, ServerCallContext context)
    {
        var caller = await ResolveAsync(context, request);
        if (_places.Take(caller.Sharer) is not Full.No and var full)
        {
            throw Errors.ShareFull("TOO_MANY_STREAMS", full, "watchers of cards");
        }

        try
        {
            await WatchAsync(caller, request, responses, context);
        }
        finally
        {
            _places.Give(caller.Sharer);
        }
    }

    private async Task WatchAsync(
        Caller caller, WatchCardsRequest request, IServerStreamWriter<CardUpdate> responses, ServerCallContext context)
    {
        await using var guard = new WatchGuard(() => ResolveAsync(context, request), context, time, lifetime.ApplicationStopping);
        await using var watcher = new CardWatcher(
            caller.Operator.Id, ledgers.Of(caller).Feeds, after => ReadAsync(caller, after, context.CancellationToken), responses, guard);
        await watcher.RunAsync(request.AfterVersion);
    }

    private async Task<Caller> ResolveAsync(ServerCallContext context, WatchCardsRequest request)
    {
        var caller = await callers.ResolveAsync(context);
        if (request.AfterVersion < 0)
        {
            throw Errors.InvalidFields([new Violation("after_version", "must be 0, or the last version seen")]);
        }

        return Rights.MayWorkOffline(caller.Actor)
            ? caller
            : throw Errors.PermissionDenied("CALL_NOT_ALLOWED", "Only validators and consoles may watch cards.");
    }

    private async Task<CardPage> ReadAsync(Caller caller, long after, CancellationToken cancellationToken)
    {
        var ledger = ledgers.Of(caller);
        var (full, page) = await ledger.CardPages.RunAsync(
            caller.Sharer,
            () => Errors.UnlessUnreachableAsync(
                ledger.Cards.ReadAsync(caller.Operator.Id, after, cancellationToken), "resume after the last version seen"),
            cancellationToken);
        return full == Full.No
            ? page!
            : throw Errors.ShareFull("TOO_MANY_READS", full, "reads of cards", "Resume after the last version seen.");
    }
}
