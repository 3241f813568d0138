using Authorisation.Administration.Imports;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Products;

/// <summary>The file of a price list: its rows by column, and what is wrong with it in its own words and places.</summary>
internal sealed class PriceListFile
{
    private readonly FileErrors _errors = new(FileHeader.Empty("en"));
    private readonly Dictionary<PriceListColumn, (string Name, int Place)> _columns = [];

    private PriceListFile(ReadOnlySpan<byte> bytes)
    {
        var records = CsvFile.ReadRecords(bytes, Limits.PriceListRowsMax, _errors);
        if (_errors.All.Count > 0)
        {
            return;
        }

        ReadHeader(records[0]);
        if (_errors.All.Count == 0)
        {
            Rows = [.. records.Skip(1).Select(Row)];
        }
    }

    /// <summary>The rows; none when something is wrong with the file itself.</summary>
    public IReadOnlyList<PriceListRow> Rows { get; } = [];

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<FieldError> Errors => _errors.All;

    /// <summary>Reads a file.</summary>
    public static PriceListFile Read(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>A cell is wrong.</summary>
    public void Add(PriceListRow row, PriceListColumn column, FieldCode code, string message)
    {
        var (name, place) = _columns.GetValueOrDefault(column, (PriceListColumns.NameOf(column), 1));
        _errors.AddOfColumn(name, row.Line, place, code, message);
    }

    private void ReadHeader(CsvRecord header)
    {
        for (var i = 0; i < header.Cells.Count; i++)
        {
            var name = Shown(header.Cells[i]);
            if (!PriceListColumns.TryFind(header.Cells[i], out var column))
            {
                _errors.AddOfColumn(
                    name.Length == 0 ? "file" : name, header.Line, i + 1, FieldCode.Unknown,
                    $"is no column of a price list, which has {PriceListColumns.HeaderLine}");
            }
            else if (!_columns.TryAdd(column, (name, i + 1)))
            {
                _errors.AddOfColumn(
                    name, header.Line, i + 1, FieldCode.Repeated,
                    $"is what column {_columns[column].Place} is already: delete one of them");
            }
        }

        if (_errors.All.Count == 0 && !_columns.ContainsKey(PriceListColumn.Product))
        {
            _errors.AddOfColumn(
                PriceListColumns.NameOf(PriceListColumn.Product), header.Line, 1, FieldCode.Required,
                "is a column that the file must have");
        }
    }

    private PriceListRow Row(CsvRecord record)
    {
        if (record.Cells.Skip(_columns.Count).Any(cell => !string.IsNullOrWhiteSpace(cell)))
        {
            _errors.AddOfFile(record.Line, _columns.Count + 1, FieldCode.Unknown, "has more cells in this row than columns");
        }

        return new PriceListRow(
            record.Line,
            _columns.Where(one => one.Value.Place <= record.Cells.Count)
                .ToDictionary(one => one.Key, one => record.Cells[one.Value.Place - 1].Trim()));
    }

    private static string Shown(string name)
    {
        var shown = string.Concat(name.Where(static character => !char.IsControl(character))).Trim();
        return shown.Length <= Limits.CodeCharactersMax ? shown : shown[..Limits.CodeCharactersMax] + "…";
    }
}

/// <summary>A row of a price list, by column.</summary>
/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Cells">The cells of the columns that the file has, trimmed.</param>
internal sealed record PriceListRow(int Line, IReadOnlyDictionary<PriceListColumn, string> Cells)
{
    /// <summary>The cell of a column; null where it is empty or the file does not have it.</summary>
    public string? this[PriceListColumn column] =>
        Cells.GetValueOrDefault(column) is { Length: > 0 } cell ? cell : null;

    /// <summary>
    /// What a cell holds that may hold several, with commas or bars between them, and blanks where they have none; null where
    /// it is empty.
    /// </summary>
    public string[]? ListOf(PriceListColumn column) => this[column]?.Split(
        column == PriceListColumn.Zones ? ProductRequest.ZoneSeparators : [.. ProductRequest.ZoneSeparators, ' '],
        StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether the row says anything of the product itself.</summary>
    public bool HasDetails => Cells.Any(one => one.Key >= PriceListColumn.NameSv && one.Value.Length > 0);
}
