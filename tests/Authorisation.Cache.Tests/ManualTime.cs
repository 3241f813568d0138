namespace Authorisation.Cache.Tests;

/// <summary>A clock that moves when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Where threads that ask for the time wait for each other first, so that a race happens every time.</summary>
    public Barrier? Meeting { get; set; }

    public override long GetTimestamp()
    {
        Meeting?.SignalAndWait(TimeSpan.FromSeconds(10));
        return Interlocked.Read(ref _ticks);
    }

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
