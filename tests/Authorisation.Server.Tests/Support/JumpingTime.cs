namespace Authorisation.Server.Tests.Support;

/// <summary>A clock whose measure of waits can be moved on; what it says the time is stays right.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _jumped;

    /// <summary>Lets time pass.</summary>
    public void Jump(TimeSpan time) => Interlocked.Add(ref _jumped, (long)(time.TotalSeconds * TimestampFrequency));

    /// <inheritdoc/>
    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _jumped);
}
