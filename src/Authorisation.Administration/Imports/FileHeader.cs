namespace Authorisation.Administration.Imports;

/// <summary>Which columns a file has, where, and what it calls them.</summary>
/// <param name="Names">
/// By <see cref="ImportColumn"/>: the name in the file, or in the template where the file lacks it.
/// </param>
/// <param name="Places">By <see cref="ImportColumn"/>: the column's number, from 1; 0 where the file lacks it.</param>
internal sealed record FileHeader(string[] Names, int[] Places)
{
    /// <summary>The header of a file that has none of the columns, so far.</summary>
    public static FileHeader Empty(string language) => new(
        [.. ImportColumns.All.Select(column => ImportColumns.NameOf(column, language))],
        new int[ImportColumns.All.Length]);

    /// <summary>Whether the file has the column.</summary>
    public bool Has(ImportColumn column) => Places[(int)column] > 0;

    /// <summary>What the file calls the column.</summary>
    public string NameOf(ImportColumn column) => Names[(int)column];

    /// <summary>Where errors of the column are reported: at the beginning of the line when the file lacks it.</summary>
    public int PlaceOf(ImportColumn column) => Math.Max(1, Places[(int)column]);
}
