using Authorisation.Core;

namespace Authorisation.Administration.Events;

/// <summary>When an event that failed is tried again.</summary>
/// <param name="First">After the first failure; doubled with each further one.</param>
/// <param name="Timeout">How long a receiver has to answer.</param>
internal sealed record EventTiming(TimeSpan First, TimeSpan Timeout)
{
    /// <summary>As it is unless a test wants it quicker.</summary>
    public static EventTiming Default { get; } = new(Limits.EventRetryFirst, Limits.WebhookTimeout);

    /// <summary>How long to wait after this many failures.</summary>
    public TimeSpan After(int failures)
    {
        var doubled = First.TotalSeconds * Math.Pow(2, Math.Min(failures, 30) - 1);
        // Up to a tenth longer, so that events which failed together do not all come back together.
        return TimeSpan.FromSeconds(
            Math.Min(doubled, Limits.EventRetryMax.TotalSeconds) * (1 + (Random.Shared.NextDouble() / 10)));
    }
}
