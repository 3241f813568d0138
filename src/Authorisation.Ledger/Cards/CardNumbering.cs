namespace Authorisation.Ledger.Cards;

/// <summary>How far the numbers of an operator's cards have come.</summary>
/// <param name="Last">The last one given.</param>
/// <param name="Oldest">
/// What a watcher must have seen to go on from there: states of up to this one were removed.
/// </param>
/// <param name="Epoch">
/// Where the numbers began that this Postgres gives. It grows with each failover and each restore, when numbers that
/// were given may have been lost.
/// </param>
public readonly record struct CardNumbering(long Last, long Oldest, long Epoch)
{
    /// <summary>Whether nothing is missed by going on after this number.</summary>
    public bool CanResumeAfter(long version) => version >= Oldest && version <= Last;
}
