using Authorisation.Core;

namespace Authorisation.Administration.Imports;

/// <summary>A file to fill in: the names of the columns, and a row that shows what to write in them.</summary>
internal static class ImportTemplate
{
    // In a domain that is reserved for examples.
    private const string ExampleEmail = "anna.exempel@example.com";

    /// <summary>The file, with the mark that makes spreadsheets read it as UTF-8.</summary>
    /// <param name="language">The operator's.</param>
    /// <param name="country">Whose mobile numbers the example has.</param>
    /// <param name="department">One that the traveller of the example could be in; none leaves the cell empty.</param>
    public static string Write(string language, string country, string? department)
    {
        // Kept for films and examples, in Sweden; in Norway none are.
        var mobile = country == "NO" ? "+47 400 00 000" : "+46 70 174 06 05";
        var cell = (department ?? "").Replace("\"", "\"\"", StringComparison.Ordinal);
        return $"\uFEFF{ImportColumns.HeaderLine(language)}\r\n"
            + $"{ExampleEmail};Anna Exempel;{mobile};\"{cell}\";500\r\n";
    }

    /// <summary>Whether an address is that of the example, whose row is no traveller's and is skipped.</summary>
    public static bool IsExample(string email) =>
        EmailAddress.TryNormalise(email, out var address) && address == ExampleEmail;
}
