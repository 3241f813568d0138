namespace Grpc.Core;

/// <summary>What a propagation token is to carry to calls made while a call is handled.</summary>
public class ContextPropagationOptions
{
    /// <summary>The default: deadline and cancellation.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Creates options.</summary>
    /// <param name="propagateDeadline">Whether the deadline is carried on.</param>
    /// <param name="propagateCancellation">Whether cancellation is carried on.</param>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the deadline is carried on.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether cancellation is carried on.</summary>
    public bool IsPropagateCancellation { get; }
}
