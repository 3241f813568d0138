using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Messages;

/// <summary>When a message that failed is tried again.</summary>
/// <param name="First">After the first failure; doubled with each further one.</param>
/// <param name="AttemptsMax">How often it is tried before it is given up.</param>
internal sealed record MessageTiming(TimeSpan First, int AttemptsMax)
{
    /// <summary>As it is unless a test wants it quicker.</summary>
    public static MessageTiming Default { get; } = new(Limits.MessageRetryFirst, Limits.MessageAttemptsMax);

    /// <summary>How long to wait after this many failures.</summary>
    public TimeSpan After(int failures) => RetryWait.After(failures, First, Limits.MessageRetryMax);
}
