namespace Authorisation.Server.Following;

/// <summary>
/// The database's clock as this server knows it: its own clock and the offset that was last measured. Safe to share:
/// one number, written by the watch and read by anybody.
/// </summary>
public sealed class LedgerClock(TimeProvider time)
{
    private long _offsetTicks;

    /// <summary>How far the database's clock is ahead of this server's.</summary>
    public TimeSpan Offset
    {
        get => new(Interlocked.Read(ref _offsetTicks));
        internal set => Interlocked.Exchange(ref _offsetTicks, value.Ticks);
    }

    /// <summary>The database's time now, to within the length of a round trip.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + Offset;
}
