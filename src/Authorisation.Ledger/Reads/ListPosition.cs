namespace Authorisation.Ledger.Reads;

/// <summary>Where a page of a list ends: the last authorisation on it. The list is newest first.</summary>
/// <param name="DecidedAt">When that was decided.</param>
/// <param name="Id">Its id, which orders those that were decided at the same moment.</param>
public readonly record struct ListPosition(DateTimeOffset DecidedAt, Guid Id)
{
    /// <summary>Before the first page.</summary>
    public static ListPosition Start { get; } = new(DateTimeOffset.MaxValue, Guid.AllBitsSet);
}
