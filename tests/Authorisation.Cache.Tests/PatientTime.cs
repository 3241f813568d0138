namespace Authorisation.Cache.Tests;

/// <summary>
/// The system's clock with timers that go off far too late. For tests of what is answered and not of how soon: on a
/// busy machine an honest answer can take longer than the cache waits for it.
/// </summary>
internal sealed class PatientTime : TimeProvider
{
    private const int Patience = 500;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime * Patience, period);
}
