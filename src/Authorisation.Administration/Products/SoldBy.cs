using Authorisation.Administration.Work;

namespace Authorisation.Administration.Products;

/// <summary>Where a product may be sold, as a sum. Stored; the numbers never change.</summary>
[Flags]
internal enum SoldBy
{
    /// <summary>Nowhere any more.</summary>
    Nowhere = 0,

    /// <summary>By travellers on their credit.</summary>
    Credit = 1,

    /// <summary>By administrators, who send it.</summary>
    Order = 2,

    /// <summary>As a staff offer.</summary>
    StaffOffer = 4,

    /// <summary>As a subscription.</summary>
    Subscription = 8,
}

/// <summary>The names of the ways of selling.</summary>
internal static class SoldByNames
{
    /// <summary>All ways, in the order of their numbers.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Each.Select(Words.Of)];

    private static IEnumerable<SoldBy> Each => Enum.GetValues<SoldBy>().Where(way => way != SoldBy.Nowhere);

    /// <summary>The names of a sum.</summary>
    public static IReadOnlyList<string> Of(SoldBy sum) => [.. Each.Where(way => sum.HasFlag(way)).Select(Words.Of)];

    /// <summary>The way of a name; null when there is none.</summary>
    public static SoldBy? Find(string? name) =>
        Each.Where(way => Words.Of(way) == name).Select(way => (SoldBy?)way).FirstOrDefault();
}
