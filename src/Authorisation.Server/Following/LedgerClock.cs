namespace Authorisation.Server.Following;

/// <summary>
/// The database's clock as this server knows it: its own clock and the offset that was measured. Safe to share: one
/// number, written by the watch and read by anybody.
/// </summary>
public sealed class LedgerClock(TimeProvider time)
{
    private long _offsetTicks;

    /// <summary>How far the database's clock is ahead of this server's.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref _offsetTicks));

    /// <summary>The database's time now, to within the length of a round trip.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + Offset;

    /// <summary>
    /// Learns from a reading of the database's clock. It was taken at some moment between two of this server's, so the
    /// offset lies between theirs: what was known stays as far as it can be so, and a slow answer, which says little, is not
    /// taken for clocks that disagree.
    /// </summary>
    /// <param name="before">This server's time when the database was asked.</param>
    /// <param name="database">What the database said.</param>
    /// <param name="after">This server's time when the answer was there.</param>
    public void Observe(DateTimeOffset before, DateTimeOffset database, DateTimeOffset after)
    {
        var (known, least, most) = (Offset, database - after, database - before);
        Interlocked.Exchange(ref _offsetTicks, (known < least ? least : known > most ? most : known).Ticks);
    }
}
