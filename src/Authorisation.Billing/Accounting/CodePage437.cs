using System.Globalization;
using System.Text;

namespace Authorisation.Billing.Accounting;

/// <summary>
/// Text in code page 437, which has the letters of Swedish. Of a letter that it lacks, the letter beneath is written, as
/// <c>s</c> for <c>š</c>; of anything else a question mark.
/// </summary>
internal static class CodePage437
{
    private static readonly Encoding Encoding = CodePagesEncodingProvider.Instance.GetEncoding(
        437, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    private static readonly Dictionary<char, string> Instead = new()
    {
        ['ø'] = "o",
        ['Ø'] = "O",
        ['þ'] = "th",
        ['Þ'] = "Th",
        ['ð'] = "d",
        ['Ð'] = "D",
        ['œ'] = "oe",
        ['Œ'] = "OE",
        ['ł'] = "l",
        ['Ł'] = "L",
        ['đ'] = "d",
        ['Đ'] = "D",
        ['–'] = "-",
        ['—'] = "-",
        ['’'] = "'",
        ['‘'] = "'",
        ['…'] = "...",
        ['€'] = "EUR",
        // Not as quotation marks, which would end a field.
        ['”'] = "'",
        ['“'] = "'",
        ['„'] = "'",
    };

    /// <summary>The bytes of a text.</summary>
    public static byte[] Write(string text)
    {
        var written = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormC))
        {
            written.Append(CanWrite(c) ? c.ToString() : Instead.GetValueOrDefault(c) ?? Beneath(c));
        }

        return Encoding.GetBytes(written.ToString());
    }

    /// <summary>The text of bytes.</summary>
    public static string Read(byte[] bytes) => Encoding.GetString(bytes);

    private static string Beneath(char c)
    {
        var letters = char.IsSurrogate(c)
            ? ""
            : new string([.. c.ToString().Normalize(NormalizationForm.FormD).Where(
                one => CharUnicodeInfo.GetUnicodeCategory(one) != UnicodeCategory.NonSpacingMark && CanWrite(one))]);
        return letters.Length > 0 ? letters : "?";
    }

    private static bool CanWrite(char c)
    {
        try
        {
            // Some encodings write a likeness: only what comes back as it was counts.
            return !char.IsSurrogate(c) && Encoding.GetString(Encoding.GetBytes([c])) == c.ToString();
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
