namespace Authorisation.Administration.Imports;

/// <summary>A row of a file, by column.</summary>
/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Cells">The cells of the columns that the file has, trimmed.</param>
internal sealed record FileRow(int Line, IReadOnlyDictionary<ImportColumn, string> Cells)
{
    /// <summary>
    /// The first column beyond those that have a name in which there is something, from 1; null when none has.
    /// </summary>
    public int? Surplus { get; init; }

    /// <summary>The cell of a column; empty where the file does not have it.</summary>
    public string this[ImportColumn column] => Cells.GetValueOrDefault(column, "");
}
