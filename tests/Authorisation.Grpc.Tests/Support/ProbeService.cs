using Authorisation.Grpc.Tests.Probe;
using Grpc.Core;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>A service whose handlers are the test's own.</summary>
public sealed class ProbeService(ProbeHandlers handlers) : Prober.ProberBase
{
    public override Task<Note> Unary(Note request, ServerCallContext context) => handlers.Unary(request, context);

    public override Task<Note> Gather(IAsyncStreamReader<Note> requestStream, ServerCallContext context) =>
        handlers.Gather(requestStream, context);

    public override Task Spread(Note request, IServerStreamWriter<Note> responseStream, ServerCallContext context) =>
        handlers.Spread(request, responseStream, context);

    public override Task Talk(
        IAsyncStreamReader<Note> requestStream, IServerStreamWriter<Note> responseStream, ServerCallContext context) =>
        handlers.Talk(requestStream, responseStream, context);
}
