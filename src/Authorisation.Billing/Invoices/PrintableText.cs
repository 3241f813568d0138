using System.Text;
using System.Xml;

namespace Authorisation.Billing.Invoices;

/// <summary>Texts as a document can show them.</summary>
internal static class PrintableText
{
    /// <summary>Whether nothing of a text can be shown.</summary>
    public static bool IsBlank(string? text) => Clean(text).Length == 0;

    /// <summary>
    /// The text without the characters that XML 1.0 cannot have, most control characters and halves of pairs, and
    /// without blanks around it.
    /// </summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                clean.Append(text[i]).Append(text[++i]);
            }
            else if (XmlConvert.IsXmlChar(text[i]))
            {
                clean.Append(text[i]);
            }
        }

        return clean.ToString().Trim();
    }
}
