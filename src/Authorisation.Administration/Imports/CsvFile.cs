using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Reads files as spreadsheets write them: any of their encodings, separated by semicolons, commas or tabs, with
/// quotes, blank lines, a first line <c>sep=;</c>, and columns in any order.
/// </summary>
internal static class CsvFile
{
    // What Excel lets a file begin with to say what separates its cells.
    private const string Separator = "sep=";

    private static readonly char[] Delimiters = [';', ',', '\t'];

    /// <summary>
    /// The rows of a file, with its header and all that is wrong with the file itself; then there are no rows.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="language">The operator's, for the names of columns that the file lacks.</param>
    public static (IReadOnlyList<FileRow> Rows, FileErrors Errors) Read(ReadOnlySpan<byte> bytes, string language)
    {
        var errors = new FileErrors(FileHeader.Empty(language));
        var records = ReadRecords(bytes, Limits.ImportRowsMax, errors);
        if (errors.All.Count > 0)
        {
            return ([], errors);
        }

        errors = HeaderReader.Read(records, language);
        return (errors.All.Count > 0 ? [] : [.. records.Skip(1).Select(record => Row(record, errors.Header))], errors);
    }

    /// <summary>
    /// The records of a file that are not blank: the names of the columns, then the rows. Of no use when something is wrong.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="rowsMax">How many rows it may have.</param>
    /// <param name="errors">Where what is wrong with the file is added.</param>
    public static IReadOnlyList<CsvRecord> ReadRecords(ReadOnlySpan<byte> bytes, int rowsMax, FileErrors errors)
    {
        var text = CsvEncoding.Decode(bytes);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            errors.AddOfFile(1, 1, FieldCode.Characters, "is not text: save it as CSV");
            return [];
        }

        var records = Records(text, rowsMax, errors);
        if (errors.All.Count == 0 && records.Count == 0)
        {
            errors.AddOfFile(1, 1, FieldCode.Required, "is empty");
        }

        return records;
    }

    private static List<CsvRecord> Records(string text, int rowsMax, FileErrors errors)
    {
        var reader = new CsvRecords(text, DelimiterOf(text));
        var records = new List<CsvRecord>();
        while (reader.Next() is { } record)
        {
            if (reader.Fault is { } fault)
            {
                errors.AddOfFile(record.Line, 1, FieldCode.Malformed, fault);
                break;
            }

            if (record.Cells.All(string.IsNullOrWhiteSpace) || (records.Count == 0 && IsSeparator(record.Cells[0])))
            {
                continue;
            }

            if (records.Count > rowsMax)
            {
                errors.AddOfFile(record.Line, 1, FieldCode.OutOfRange, $"has more than {rowsMax} rows");
                break;
            }

            records.Add(record);
        }

        return records;
    }

    private static FileRow Row(CsvRecord record, FileHeader header)
    {
        var cells = new Dictionary<ImportColumn, string>();
        foreach (var column in ImportColumns.All)
        {
            if (header.Has(column) && header.PlaceOf(column) <= record.Cells.Count)
            {
                cells[column] = record.Cells[header.PlaceOf(column) - 1].Trim();
            }
        }

        var surplus = Enumerable.Range(1, record.Cells.Count)
            .FirstOrDefault(place => !header.Places.Contains(place) && !string.IsNullOrWhiteSpace(record.Cells[place - 1]));
        return new FileRow(record.Line, cells) { Surplus = surplus == 0 ? null : surplus };
    }

    // What the first line says, or what stands most often in the line with the names of the columns.
    private static char DelimiterOf(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
            {
                continue;
            }

            if (IsSeparator(line))
            {
                if (line.TrimStart().Length > Separator.Length)
                {
                    return line.TrimStart()[Separator.Length];
                }

                continue;
            }

            var most = Delimiters[0];
            foreach (var delimiter in Delimiters)
            {
                most = line.Count(delimiter) > line.Count(most) ? delimiter : most;
            }

            return most;
        }

        return Delimiters[0];
    }

    private static bool IsSeparator(ReadOnlySpan<char> line) =>
        line.TrimStart().StartsWith(Separator, StringComparison.OrdinalIgnoreCase);
}
