using System.Globalization;
using System.Text;

namespace Authorisation.Administration.Imports;

/// <summary>The columns of a file of travellers.</summary>
internal enum ImportColumn
{
    Email,
    Name,
    Mobile,
    Department,
    Limit,
}

/// <summary>The names that columns may have.</summary>
internal static class ImportColumns
{
    // How many letters may be wrong in a name for it to be seen what was meant.
    private const int LettersWrongMax = 2;

    /// <summary>All of them, in the order of the template.</summary>
    public static readonly ImportColumn[] All = Enum.GetValues<ImportColumn>();

    // By letters and digits alone. The first of each language is the template's.
    private static readonly Dictionary<string, ImportColumn> Names = new(StringComparer.Ordinal)
    {
        ["epost"] = ImportColumn.Email,
        ["email"] = ImportColumn.Email,
        ["mail"] = ImportColumn.Email,
        ["epostadress"] = ImportColumn.Email,
        ["epostadresse"] = ImportColumn.Email,
        ["emailaddress"] = ImportColumn.Email,
        ["mailadress"] = ImportColumn.Email,
        ["namn"] = ImportColumn.Name,
        ["navn"] = ImportColumn.Name,
        ["name"] = ImportColumn.Name,
        ["fullname"] = ImportColumn.Name,
        ["mobilnummer"] = ImportColumn.Mobile,
        ["mobile"] = ImportColumn.Mobile,
        ["mobil"] = ImportColumn.Mobile,
        ["mobilnr"] = ImportColumn.Mobile,
        ["mobiltelefon"] = ImportColumn.Mobile,
        ["mobilephone"] = ImportColumn.Mobile,
        ["mobilenumber"] = ImportColumn.Mobile,
        ["avdelning"] = ImportColumn.Department,
        ["avdeling"] = ImportColumn.Department,
        ["department"] = ImportColumn.Department,
        ["kreditgräns"] = ImportColumn.Limit,
        ["kredittgrense"] = ImportColumn.Limit,
        ["limit"] = ImportColumn.Limit,
        ["kreditgrans"] = ImportColumn.Limit,
        ["creditlimit"] = ImportColumn.Limit,
    };

    // Not the same, but it is clear what belongs there.
    private static readonly Dictionary<string, ImportColumn> Meant = new(StringComparer.Ordinal)
    {
        ["förnamn"] = ImportColumn.Name,
        ["efternamn"] = ImportColumn.Name,
        ["fornavn"] = ImportColumn.Name,
        ["etternavn"] = ImportColumn.Name,
        ["firstname"] = ImportColumn.Name,
        ["lastname"] = ImportColumn.Name,
        ["telefon"] = ImportColumn.Mobile,
        ["telefonnummer"] = ImportColumn.Mobile,
        ["tel"] = ImportColumn.Mobile,
        ["tlf"] = ImportColumn.Mobile,
        ["phone"] = ImportColumn.Mobile,
        ["enhet"] = ImportColumn.Department,
        ["kostnadsställe"] = ImportColumn.Department,
        ["belopp"] = ImportColumn.Limit,
        ["beløp"] = ImportColumn.Limit,
        ["gräns"] = ImportColumn.Limit,
        ["grense"] = ImportColumn.Limit,
        ["kredit"] = ImportColumn.Limit,
        ["kreditt"] = ImportColumn.Limit,
    };

    /// <summary>The column that has the name, in any language and whatever stands between its letters.</summary>
    public static bool TryFind(string name, out ImportColumn column) => Names.TryGetValue(Letters(name), out column);

    /// <summary>The column that a name which is none was probably meant for.</summary>
    public static ImportColumn? MeantBy(string name)
    {
        var letters = Letters(name);
        if (Meant.TryGetValue(letters, out var meant))
        {
            return meant;
        }

        var nearest = Names
            .Where(one => one.Key.Length > 2 * LettersWrongMax)
            .Select(one => (Column: one.Value, Wrong: LettersWrong(one.Key, letters)))
            .OrderBy(one => one.Wrong).First();
        return nearest.Wrong <= LettersWrongMax ? nearest.Column : null;
    }

    /// <summary>What a column is called in the template.</summary>
    public static string NameOf(ImportColumn column, string language) => (column, language) switch
    {
        (ImportColumn.Email, "en") => "email",
        (ImportColumn.Email, _) => "e-post",
        (ImportColumn.Name, "nb") => "navn",
        (ImportColumn.Name, "en") => "name",
        (ImportColumn.Name, _) => "namn",
        (ImportColumn.Mobile, "en") => "mobile",
        (ImportColumn.Mobile, _) => "mobilnummer",
        (ImportColumn.Department, "nb") => "avdeling",
        (ImportColumn.Department, "en") => "department",
        (ImportColumn.Department, _) => "avdelning",
        (_, "nb") => "kredittgrense",
        (_, "en") => "limit",
        _ => "kreditgräns",
    };

    /// <summary>The first line of the template.</summary>
    public static string HeaderLine(string language) => string.Join(';', All.Select(column => NameOf(column, language)));

    private static string Letters(string name) =>
        string.Concat(name.Normalize(NormalizationForm.FormC).Where(char.IsLetterOrDigit))
            .ToLower(CultureInfo.InvariantCulture);

    // Levenshtein's distance.
    private static int LettersWrong(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
