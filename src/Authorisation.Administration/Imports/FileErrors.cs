using Authorisation.Administration.Work;

namespace Authorisation.Administration.Imports;

/// <summary>Collects what is wrong with a file, in the file's own words and with the place.</summary>
internal sealed class FileErrors(FileHeader header)
{
    private const string File = "file";

    private readonly List<FieldError> _all = [];

    /// <summary>What was wrong so far, in the order in which it was found.</summary>
    public IReadOnlyList<FieldError> All => _all;

    /// <summary>Where the file's columns are.</summary>
    public FileHeader Header => header;

    /// <summary>A cell is wrong.</summary>
    public void Add(int line, ImportColumn column, FieldCode code, string message) =>
        _all.Add(new FieldError(header.NameOf(column), code, message, line, header.PlaceOf(column)));

    /// <summary>A field of the API is wrong that a cell was for.</summary>
    public void Add(int line, FieldError error) => _all.Add(ColumnOf(error.Field) is { } column
        ? error with { Field = header.NameOf(column), Line = line, Column = header.PlaceOf(column) }
        : error with { Field = File, Line = line, Column = 1 });

    /// <summary>Something is wrong with the file itself.</summary>
    public void AddOfFile(int line, int place, FieldCode code, string message) =>
        _all.Add(new FieldError(File, code, message, line, place));

    /// <summary>A column is wrong that the template does not have.</summary>
    public void AddOfColumn(string name, int line, int place, FieldCode code, string message) =>
        _all.Add(new FieldError(name, code, message, line, place));

    private static ImportColumn? ColumnOf(string field) => field switch
    {
        "email" => ImportColumn.Email,
        "name" => ImportColumn.Name,
        "mobile" => ImportColumn.Mobile,
        "department_id" => ImportColumn.Department,
        "limit_minor" or "kind" => ImportColumn.Limit,
        _ => null,
    };
}
