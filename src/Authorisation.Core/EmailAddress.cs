using System.Text;

namespace Authorisation.Core;

/// <summary>E-mail addresses as far as they can be judged without sending to them.</summary>
public static class EmailAddress
{
    private const int LocalCharactersMax = 64;

    /// <summary>Trims an address, brings it to lower case and checks its form.</summary>
    /// <param name="text">The address alone, without a name.</param>
    /// <param name="address">The address to compare and to send to.</param>
    public static bool TryNormalise(string? text, out string address)
    {
        address = "";
        if (text is null)
        {
            return false;
        }

        var trimmed = text.Trim();
        var at = trimmed.LastIndexOf('@');
        if (trimmed.Length > Limits.EmailCharactersMax || at is < 1 or > LocalCharactersMax
            || !IsLocal(trimmed.AsSpan(0, at)) || !IsDomain(trimmed[(at + 1)..])
            // Last, when it is known to be letters and digits: it throws on what is no text, such as half a surrogate
            // pair.
            || !trimmed.IsNormalized(NormalizationForm.FormC))
        {
            return false;
        }

        address = trimmed.ToLowerInvariant();
        return true;
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        foreach (var character in local)
        {
            var isAllowed = char.IsLetterOrDigit(character)
                || "!#$%&'*+-/=?^_`{|}~.".Contains(character, StringComparison.Ordinal);
            if (!isAllowed)
            {
                return false;
            }
        }

        return local[0] != '.' && local[^1] != '.' && local.IndexOf("..", StringComparison.Ordinal) < 0;
    }

    private static bool IsDomain(string domain)
    {
        var labels = domain.Split('.');
        return labels.Length >= 2 && labels[^1].Length >= 2 && Array.TrueForAll(labels, static label =>
            label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(static character => char.IsLetterOrDigit(character) || character == '-'));
    }
}
