namespace Authorisation.TicketSystem;

/// <summary>
/// When the ticket system is away, as real ones are: for a second from the first event on, and for a second every five
/// minutes after that. Then it answers 503, and takes nothing.
/// </summary>
/// <remarks>Safe for several requests: the moment of the first is set once, and then only read.</remarks>
internal sealed class Absence(TimeProvider clock)
{
    private readonly Lock _once = new();
    private long? _began;

    /// <summary>How long it goes on being away; null when it is there.</summary>
    public TimeSpan? Left
    {
        get
        {
            long began;
            lock (_once)
            {
                began = _began ??= clock.GetTimestamp();
            }

            var into = TimeSpan.FromTicks(clock.GetElapsedTime(began).Ticks % Bounds.AwayEvery.Ticks);
            return into < Bounds.AwayFor ? Bounds.AwayFor - into : null;
        }
    }
}
