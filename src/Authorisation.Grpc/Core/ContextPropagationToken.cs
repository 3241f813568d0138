namespace Grpc.Core;

/// <summary>Carries the deadline and the cancellation of a call that is being handled to calls made meanwhile.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
