namespace Authorisation.Standalone;

/// <summary>
/// A clock that started at another moment and runs on from there, for the demo. Only the time of day is shifted:
/// timestamps and timers, which measure how long something takes, are those of the clock beneath.
/// </summary>
public sealed class ShiftedTimeProvider : TimeProvider
{
    private readonly TimeProvider _real;

    /// <summary>Starts the clock at <paramref name="startsAt"/>.</summary>
    public ShiftedTimeProvider(DateTimeOffset startsAt, TimeProvider real)
    {
        _real = real;
        Shift = startsAt - real.GetUtcNow();
    }

    /// <summary>How far this clock is ahead of the real one; negative when it is behind.</summary>
    public TimeSpan Shift { get; }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _real.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _real.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _real.GetUtcNow() + Shift;

    /// <inheritdoc/>
    public override long GetTimestamp() => _real.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _real.CreateTimer(callback, state, dueTime, period);
}
