namespace Grpc.Core.Internal;

/// <summary>The values that a handled call gives to the calls made meanwhile.</summary>
internal sealed class CallContextPropagationToken(DateTime? deadline, CancellationToken cancellationToken)
    : ContextPropagationToken
{
    public DateTime? Deadline { get; } = deadline;

    public CancellationToken CancellationToken { get; } = cancellationToken;
}
