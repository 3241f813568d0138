namespace Authorisation.Administration.Work;

/// <summary>Which part of a list is asked for.</summary>
/// <param name="After">The id that it begins after; nil for the first part.</param>
/// <param name="Size">How many items it has at most.</param>
internal readonly record struct ListPage(Guid After, int Size)
{
    /// <summary>How many rows are read: one more than the part has shows that there is another part.</summary>
    public int Count => Size + 1;
}
