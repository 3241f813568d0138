using System.Text;
using Authorisation.Admin.Http;
using Authorisation.Core;

namespace Authorisation.Admin.Imports;

/// <summary>A cell of a file, with where it stands.</summary>
internal readonly record struct Cell(string Text, int Line, int Column)
{
    /// <summary>The text of a row's first cell when the row has more cells than there are columns.</summary>
    public const string TooMany = "\0";
}

/// <summary>Reads files as spreadsheets write them: UTF-8 or Windows-1252, semicolons or commas, quotes, blank lines.</summary>
internal static class CsvText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var mark = Encoding.UTF8.Preamble;
        try
        {
            return StrictUtf8.GetString(bytes.StartsWith(mark) ? bytes[mark.Length..] : bytes);
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(bytes);
        }
    }

    /// <summary>The rows of a file by column. What is wrong with the file itself is added to the errors.</summary>
    public static IEnumerable<IReadOnlyDictionary<ImportColumn, Cell>> Read(string text, ICollection<FieldError> errors)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            errors.Add(new FieldError("file", "is not text", 1, 1));
            return [];
        }

        var records = new CsvRecords(text, DelimiterOf(text));
        var rows = new List<IReadOnlyDictionary<ImportColumn, Cell>>();
        ImportColumn[]? columns = null;
        while (records.Next() is { } record)
        {
            if (records.Fault is { } fault)
            {
                errors.Add(new FieldError("file", fault, record.Line, 1));
                return [];
            }

            if (record.Cells.All(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            if (columns is null)
            {
                columns = Header(record.Cells, record.Line, errors);
                if (errors.Count > 0)
                {
                    return [];
                }
            }
            else if (rows.Count == Limits.ImportRowsMax)
            {
                errors.Add(new FieldError("file", $"has more than {Limits.ImportRowsMax} rows", record.Line, 1));
                return [];
            }
            else
            {
                rows.Add(Row(record.Cells, record.Line, columns));
            }
        }

        if (columns is null)
        {
            errors.Add(new FieldError("file", "is empty", 1, 1));
        }

        return rows;
    }

    // By the names of the columns, which blank lines may stand before.
    private static char DelimiterOf(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (!line.IsWhiteSpace())
            {
                return line.Count(';') >= line.Count(',') ? ';' : ',';
            }
        }

        return ';';
    }

    private static Dictionary<ImportColumn, Cell> Row(IReadOnlyList<string> record, int line, ImportColumn[] columns)
    {
        var cells = new Dictionary<ImportColumn, Cell>();
        for (var i = 0; i < record.Count; i++)
        {
            if (i < columns.Length)
            {
                cells[columns[i]] = new Cell(record[i].Trim(), line, i + 1);
            }
            else if (!string.IsNullOrWhiteSpace(record[i]))
            {
                cells[ImportColumn.Email] = new Cell(Cell.TooMany, line, i + 1);
            }
        }

        return cells;
    }

    private static ImportColumn[] Header(IReadOnlyList<string> names, int line, ICollection<FieldError> errors)
    {
        var columns = new ImportColumn[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            if (!ImportColumns.TryFind(names[i], out columns[i]))
            {
                errors.Add(new FieldError("file", "has a column that the template does not have", line, i + 1));
            }
            else if (columns.AsSpan(0, i).Contains(columns[i]))
            {
                errors.Add(new FieldError(ImportColumns.FieldOf(columns[i]), "stands in the file twice", line, i + 1));
            }
        }

        if (!columns.Contains(ImportColumn.Email) && errors.Count == 0)
        {
            errors.Add(new FieldError("email", "is a column that the file must have", line, 1));
        }

        return columns;
    }
}
