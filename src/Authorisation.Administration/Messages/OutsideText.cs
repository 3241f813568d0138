using System.Globalization;
using System.Text;

namespace Authorisation.Administration.Messages;

/// <summary>
/// Names that a customer typed, as messages to others may have them: short, of letters and digits, and nothing in them
/// that a mail program or a telephone makes a link of, be it an address of the web, of a person, or a number to call.
/// </summary>
internal static class OutsideText
{
    // From so many digits on a telephone offers to call them; a street number or a year has fewer.
    private const int DigitsMax = 5;

    /// <summary>An e-mail address as its owner knows it again, and as no link leads anywhere.</summary>
    public static string Masked(string email)
    {
        var at = email.LastIndexOf('@');
        return at < 1 || at + 1 == email.Length ? "…" : $"{Rune.GetRuneAt(email, 0)}…@{Rune.GetRuneAt(email, at + 1)}…";
    }

    /// <summary>The name, made harmless.</summary>
    public static string Of(string name, int charactersMax)
    {
        var text = new StringBuilder();
        var digits = 0;
        var runes = name.Normalize(NormalizationForm.FormKC).EnumerateRunes().ToList();
        for (var i = 0; i < runes.Count; i++)
        {
            var rune = runes[i];
            if (Rune.IsDigit(rune))
            {
                // Spaces and hyphens between digits do not end a number.
                if (++digits <= DigitsMax)
                {
                    text.Append(rune);
                }

                continue;
            }

            if (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
            {
                digits = 0;
                text.Append(rune);
            }
            else if (rune.Value is '&' or '\'' or '-' or ',' || (rune.Value == '.' && (i + 1 == runes.Count || Rune.IsWhiteSpace(runes[i + 1]))))
            {
                text.Append(rune);
            }
            else
            {
                // Also in place of a point within a word, which is what makes a domain of it.
                text.Append(' ');
            }
        }

        var words = string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        var kept = words.EnumerateRunes().Take(charactersMax).Aggregate(new StringBuilder(), static (all, rune) => all.Append(rune));
        return kept.ToString().TrimEnd();
    }
}
