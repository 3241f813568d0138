namespace Authorisation.Server.Tests.Support;

/// <summary>A time in which more can have gone by than has. Safe for several threads.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _jumped;

    /// <summary>Lets an amount of time have gone by.</summary>
    public void Jump(TimeSpan time) => Interlocked.Add(ref _jumped, (long)(time.TotalSeconds * TimestampFrequency));

    /// <inheritdoc/>
    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _jumped);
}
