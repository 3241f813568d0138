using System.Text;

namespace Authorisation.Billing.Documents;

/// <summary>
/// A file that a Swedish or Norwegian spreadsheet opens rightly: UTF-8 with a byte order mark, semicolons, decimal commas.
/// </summary>
internal static class SpreadsheetCsv
{
    private const char Separator = ';';
    private const string LineEnd = "\r\n";

    /// <summary>What a text must not begin with, or a spreadsheet runs it as a formula; the list is OWASP's.</summary>
    private static readonly System.Buffers.SearchValues<char> BeginsFormula = System.Buffers.SearchValues.Create("=+-@\t\r\n＝＋－＠");

    /// <summary>A file with a header.</summary>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="rows">The cells of each row, as <see cref="Text"/> and <see cref="WithComma"/> give them.</param>
    public static byte[] Write(IEnumerable<string> columns, IEnumerable<IEnumerable<string>> rows) => [.. Header(columns), .. Rows(rows)];

    /// <summary>What a file begins with: the byte order mark and the names of the columns.</summary>
    public static byte[] Header(IEnumerable<string> columns) =>
        [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(string.Join(Separator, columns.Select(Text)) + LineEnd)];

    /// <summary>Some of a file's rows.</summary>
    public static byte[] Rows(IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder();
        foreach (var cells in rows)
        {
            text.AppendJoin(Separator, cells).Append(LineEnd);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// A quoted text that no spreadsheet runs. Amounts never come here: a negative one stays a number.
    /// </summary>
    public static string Text(string? text)
    {
        var kept = (text ?? "").Replace("\0", "", StringComparison.Ordinal);
        if (kept.Length == 0)
        {
            return "";
        }

        var harmless = BeginsFormula.Contains(kept[0]) ? "'" + kept : kept;
        return $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A number with the decimal comma of both countries.</summary>
    public static string WithComma(string number) => number.Replace('.', ',');
}
