using Authorisation.Core;
using Authorisation.Server.Access;
using Authorisation.Server.Contract;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Telemetry;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>
/// SubmitAdvices: identifies the caller, checks its rights, and runs an <see cref="AdviceStream"/> for as long as the
/// call lasts.
/// </summary>
/// <remarks>Safe for any number of streams: it keeps no state between them.</remarks>
public sealed class AdviceStreams(
    CallerResolver callers,
    LedgerDirectory ledgers,
    OpenStreams open,
    StreamItems items,
    TimeProvider time,
    ILogger<AdviceStreams> logger)
{
    /// <summary>Answers a stream until it ends.</summary>
    /// <exception cref="RpcException">
    /// UNAUTHENTICATED and PERMISSION_DENIED for the caller, at the start or when its token ends; UNAVAILABLE when the
    /// server stops.
    /// </exception>
    public async Task RunAsync(
        IAsyncStreamReader<V1.Advice> advices, IServerStreamWriter<AdviceResult> results, ServerCallContext context)
    {
        var token = CallerResolver.TokenOf(context);
        var caller = await callers.ResolveAsync(context);
        if (!Rights.MayWorkOffline(caller.Actor))
        {
            throw Errors.PermissionDenied("CALL_NOT_ALLOWED", "Only validators and consoles report what was sold out of reach.");
        }

        var ledger = ledgers.Of(caller);
        await open.RunAsync(caller.Sharer, _ => new AdviceStream(
            advices,
            results,
            context,
            ledger.Operations,
            ledger.Clock,
            () => callers.Again(token, caller),
            items.Of(caller.Operator),
            time,
            logger));
    }
}
