using Authorisation.Server.Access;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Telemetry;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>
/// AuthoriseStream: identifies the caller and runs a <see cref="PurchaseStream"/> for as long as the call lasts.
/// </summary>
/// <remarks>Safe for any number of streams: it keeps no state between them.</remarks>
public sealed class AuthoriseStreams(
    CallerResolver callers,
    LedgerDirectory ledgers,
    OpenStreams open,
    StreamItems items,
    TimeProvider time,
    ILogger<AuthoriseStreams> logger)
{
    /// <summary>Answers a stream until it ends.</summary>
    /// <exception cref="RpcException">How the stream ends, unless the client ended it in order.</exception>
    public async Task RunAsync(
        IAsyncStreamReader<AuthoriseRequest> requests,
        IServerStreamWriter<AuthoriseStreamResponse> responses,
        ServerCallContext context)
    {
        var token = CallerResolver.TokenOf(context);
        var caller = await callers.ResolveAsync(context);
        await open.RunAsync(caller.Sharer, room => new PurchaseStream(
            requests,
            responses,
            context,
            ledgers.Of(caller).Purchases,
            room,
            () => callers.Again(token, caller),
            items.Of(caller.Operator),
            time,
            logger));
    }
}
