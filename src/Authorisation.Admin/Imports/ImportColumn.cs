namespace Authorisation.Admin.Imports;

/// <summary>The columns of a file of travellers, under the names that they may have.</summary>
internal enum ImportColumn
{
    Email,
    Name,
    Mobile,
    Department,
    Limit,
}

/// <summary>Names of columns.</summary>
internal static class ImportColumns
{
    private static readonly Dictionary<string, ImportColumn> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["email"] = ImportColumn.Email,
        ["e-mail"] = ImportColumn.Email,
        ["e-post"] = ImportColumn.Email,
        ["epost"] = ImportColumn.Email,
        ["e-postadress"] = ImportColumn.Email,
        ["name"] = ImportColumn.Name,
        ["namn"] = ImportColumn.Name,
        ["navn"] = ImportColumn.Name,
        ["mobile"] = ImportColumn.Mobile,
        ["mobil"] = ImportColumn.Mobile,
        ["mobilnummer"] = ImportColumn.Mobile,
        ["department"] = ImportColumn.Department,
        ["avdelning"] = ImportColumn.Department,
        ["avdeling"] = ImportColumn.Department,
        ["limit"] = ImportColumn.Limit,
        ["kreditgräns"] = ImportColumn.Limit,
        ["kredittgrense"] = ImportColumn.Limit,
    };

    public static bool TryFind(string name, out ImportColumn column) => Names.TryGetValue(name.Trim(), out column);

    public static string FieldOf(ImportColumn column) => column switch
    {
        ImportColumn.Email => "email",
        ImportColumn.Name => "name",
        ImportColumn.Mobile => "mobile",
        ImportColumn.Department => "department",
        _ => "limit",
    };

    /// <summary>An empty file to fill in; with the mark that makes spreadsheets read it as UTF-8.</summary>
    public static string Template(string language) => "\uFEFF" + language switch
    {
        "nb" => "e-post;navn;mobilnummer;avdeling;kredittgrense\r\n",
        "en" => "email;name;mobile;department;limit\r\n",
        _ => "e-post;namn;mobilnummer;avdelning;kreditgräns\r\n",
    };
}
