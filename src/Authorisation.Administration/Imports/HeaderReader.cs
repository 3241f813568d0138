using Authorisation.Administration.Work;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Finds out which column of a file is which. What it cannot place is reported and never guessed: a column that was
/// passed over would be a list of travellers without mobile numbers, say.
/// </summary>
internal static class HeaderReader
{
    private const int NameCharactersShown = 50;

    /// <summary>
    /// The header of a file, and what is wrong with it. A column that has nothing in it is passed over.
    /// </summary>
    /// <param name="records">The names of the columns, then the rows.</param>
    /// <param name="language">The operator's, for the names of columns that the file lacks.</param>
    public static FileErrors Read(IReadOnlyList<CsvRecord> records, string language)
    {
        var header = FileHeader.Empty(language);
        var errors = new FileErrors(header);
        var (names, line) = records[0];
        if (!names.Any(static name => ImportColumns.TryFind(name, out _)))
        {
            errors.AddOfFile(line, 1, FieldCode.Required,
                (names.Any(static name => name.Contains('@', StringComparison.Ordinal))
                    ? "has no line with the names of the columns"
                    : "has none of the template's columns")
                + $": put this line first: {ImportColumns.HeaderLine(language)}");
            return errors;
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (!ImportColumns.TryFind(names[i], out var column))
            {
                continue;
            }

            if (header.Has(column))
            {
                errors.AddOfColumn(Shown(names[i]), line, i + 1, FieldCode.Repeated,
                    $"is what column {header.PlaceOf(column)} is already: delete one of them");
                continue;
            }

            header.Places[(int)column] = i + 1;
            header.Names[(int)column] = Shown(names[i]);
        }

        AddUnknown(records, errors, language);
        if (!header.Has(ImportColumn.Email) && errors.All.All(static error => error.Code != FieldCode.Unknown))
        {
            errors.Add(line, ImportColumn.Email, FieldCode.Required, "is a column that the file must have");
        }

        return errors;
    }

    private static void AddUnknown(IReadOnlyList<CsvRecord> records, FileErrors errors, string language)
    {
        var (names, line) = records[0];
        for (var i = 0; i < names.Count; i++)
        {
            if (ImportColumns.TryFind(names[i], out _)
                || records.Skip(1).FirstOrDefault(record => HasText(record, i)) is not { } first)
            {
                continue;
            }

            if (string.IsNullOrWhiteSpace(names[i]))
            {
                errors.AddOfFile(first.Line, i + 1, FieldCode.Unknown, "has text in a column without a name");
            }
            else
            {
                errors.AddOfColumn(Shown(names[i]), line, i + 1, FieldCode.Unknown, AdviceOn(names[i], errors.Header, language));
            }
        }
    }

    private static string AdviceOn(string name, FileHeader header, string language) =>
        ImportColumns.MeantBy(name) is not { } meant || header.Has(meant)
            ? $"is no column of the template, which has {ImportColumns.HeaderLine(language)}: delete the column"
            : $"is no column of the template: did you mean {header.NameOf(meant)}"
                + (meant == ImportColumn.Name ? ", which has first and last name together?" : "?");

    private static bool HasText(CsvRecord record, int index) =>
        index < record.Cells.Count && !string.IsNullOrWhiteSpace(record.Cells[index]);

    private static string Shown(string name)
    {
        var shown = string.Concat(name.Where(static character => !char.IsControl(character))).Trim();
        return shown.Length <= NameCharactersShown ? shown : shown[..NameCharactersShown] + "…";
    }
}
