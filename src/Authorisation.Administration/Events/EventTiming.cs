using Authorisation.Administration.Work;
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
    public TimeSpan After(int failures) => RetryWait.After(failures, First, Limits.EventRetryMax);
}
