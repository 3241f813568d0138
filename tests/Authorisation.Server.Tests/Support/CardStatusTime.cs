namespace Authorisation.Server.Tests.Support;

/// <summary>A clock by which no wait is ever long: what it says the time is stays right, and timers run.</summary>
internal sealed class CardStatusTime : TimeProvider
{
    private readonly long _now = System.GetTimestamp();

    /// <inheritdoc/>
    public override long GetTimestamp() => _now;
}
