namespace Authorisation.Core;

/// <summary>
/// The letters of the VAT categories, of UNCL5305: as they are stored and sent. Nowhere else is a letter turned into a
/// category, or a category into its letter.
/// </summary>
public static class VatLetters
{
    /// <summary>All letters in the order in which documents list categories: standard rated first.</summary>
    public const string InOrder = "SZO";

    /// <summary>All letters, for people: <c>S, Z or O</c>.</summary>
    public const string InWords = "S, Z or O";

    /// <summary>All letters, one by one.</summary>
    public static IReadOnlyList<string> All { get; } = [.. InOrder.Select(letter => letter.ToString())];

    /// <summary>The letter of a category.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the categories.</exception>
    public static string Of(VatCategory category) => category switch
    {
        VatCategory.Standard => "S",
        VatCategory.ZeroRated => "Z",
        VatCategory.OutsideScope => "O",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "It is not a VAT category."),
    };

    /// <summary>The category of a letter; null when there is none.</summary>
    public static VatCategory? Find(ReadOnlySpan<char> letter) => letter switch
    {
        "S" => VatCategory.Standard,
        "Z" => VatCategory.ZeroRated,
        "O" => VatCategory.OutsideScope,
        _ => null,
    };

    /// <summary>The category of a letter that was stored.</summary>
    /// <exception cref="FormatException">No category has this letter.</exception>
    public static VatCategory Read(ReadOnlySpan<char> letter) =>
        Find(letter) ?? throw new FormatException($"{letter} is not the letter of a VAT category.");

    /// <summary>The place of a category in the order in which documents list them, 0 for the first.</summary>
    public static int Rank(VatCategory category) => InOrder.IndexOf(Of(category), StringComparison.Ordinal);
}
