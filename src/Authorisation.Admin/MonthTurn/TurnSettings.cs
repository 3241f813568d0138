using Authorisation.Core;

namespace Authorisation.Admin.MonthTurn;

/// <summary>How hard a month turn works.</summary>
/// <param name="SharePercent">
/// How much of the time it works, 1 to 100; the rest it rests, so that purchases have the machine.
/// </param>
/// <param name="ChunkAccounts">How many accounts it takes at a time: what a purchase can have to wait behind.</param>
/// <param name="HoldsWait">How long it waits for the servers to expire the holds that have lapsed.</param>
internal sealed record TurnSettings(int SharePercent, int ChunkAccounts, TimeSpan HoldsWait)
{
    /// <summary>As it is unless the settings or a test say otherwise.</summary>
    public static TurnSettings Usual { get; } = new(25, Limits.TurnChunkAccounts, Limits.TurnHoldsWait);

    /// <summary>How long to rest after some work.</summary>
    public TimeSpan RestAfter(TimeSpan work) => work * ((100.0 / SharePercent) - 1);
}
