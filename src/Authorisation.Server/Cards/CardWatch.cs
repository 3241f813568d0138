using Authorisation.Core;
using Authorisation.Ledger.Cards;
using Authorisation.Server.Access;
using Authorisation.Server.Services;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Cards;

/// <summary>The call <c>WatchCards</c>: who calls, may it, and then a watcher for as long as the call lasts.</summary>
public sealed class CardWatch(
    CallerResolver callers,
    CardFeeds feeds,
    CardReader cards,
    TimeProvider time,
    IHostApplicationLifetime lifetime) : IDisposable
{
    // Pages are read in turns, so that watchers that all come at once neither take every connection nor all of memory.
    private readonly SemaphoreSlim _turns = new(Limits.CardPageReadersMax);

    /// <summary>Sends the cards of the caller's operator, and then each change.</summary>
    /// <exception cref="RpcException">Always, in the end: the call has no end of its own.</exception>
    public async Task RunAsync(
        WatchCardsRequest request, IServerStreamWriter<CardUpdate> responses, ServerCallContext context)
    {
        var caller = await ResolveAsync(context, request);
        await using var guard = new WatchGuard(() => ResolveAsync(context, request), context, time, lifetime.ApplicationStopping);
        await using var watcher = new CardWatcher(
            caller.Operator.Id, feeds, after => ReadAsync(caller.Operator.Id, after, context.CancellationToken), responses, guard);
        await watcher.RunAsync(request.AfterVersion);
    }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();

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

    private async Task<CardPage> ReadAsync(int operatorId, long after, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await Errors.UnlessUnreachableAsync(
                cards.ReadAsync(operatorId, after, cancellationToken), "resume after the last version seen");
        }
        finally
        {
            _turns.Release();
        }
    }
}
