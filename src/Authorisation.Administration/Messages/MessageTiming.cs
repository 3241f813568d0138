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
    public TimeSpan After(int failures)
    {
        var doubled = First.TotalSeconds * Math.Pow(2, Math.Min(failures, 30) - 1);
        // Up to a tenth longer, so that messages which failed together do not all come back together.
        return TimeSpan.FromSeconds(
            Math.Min(doubled, Limits.MessageRetryMax.TotalSeconds) * (1 + (Random.Shared.NextDouble() / 10)));
    }
}
