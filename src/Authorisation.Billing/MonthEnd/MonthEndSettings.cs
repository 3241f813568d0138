using Authorisation.Core;

namespace Authorisation.Billing.MonthEnd;

/// <summary>Whether and how hard a host works at month ends.</summary>
/// <param name="Runs">Whether this host does the nights' work; one that does not leaves it to others.</param>
/// <param name="SharePercent">
/// How much of the time it works, 1 to 100; the rest it rests, so that purchases have the machine.
/// </param>
/// <param name="ChunkAccounts">How many accounts it takes at a time: what a purchase can have to wait behind.</param>
/// <param name="HoldsWait">How long it waits for the servers to expire the holds that have lapsed.</param>
/// <param name="SteadyTime">
/// How long the clocks must have been watched before it closes a month without a request.
/// </param>
internal sealed record MonthEndSettings(bool Runs, int SharePercent, int ChunkAccounts, TimeSpan HoldsWait, TimeSpan SteadyTime)
{
    /// <summary>As it is unless the settings or a test say otherwise.</summary>
    public static MonthEndSettings Default { get; } = new(true, 25, Limits.MonthEndChunkAccounts, Limits.MonthEndHoldsWait, Limits.ClockSteadyTime);

    /// <summary>How long to rest after some work.</summary>
    public TimeSpan RestAfter(TimeSpan work) => work * ((100.0 / SharePercent) - 1);
}
