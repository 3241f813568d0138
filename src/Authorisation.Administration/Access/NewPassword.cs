using System.Collections.Frozen;
using System.Text;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Access;

/// <summary>
/// Judges a password that a person chose: length first, then whether it is one of those that are tried first. It asks
/// for no kinds of characters, as NIST SP 800-63B advises: people meet such a rule with <c>Sommar2026!</c>.
/// </summary>
internal static class NewPassword
{
    // What is left of a password when known words are taken out of it has to be longer than this, or the words more.
    private const int RestCharactersMin = 4;
    private const int WordsMax = 2;
    private const int WordCharactersMin = 4;
    private const int OwnWordCharactersMin = 3;
    private const int WordCharactersMax = Limits.NameCharactersMax;

    // How many steps from one character to the next have to be no repetition and no counting up or down.
    private const int StepsMin = 4;

    private static readonly FrozenSet<string> Common = ReadCommon();

    /// <summary>Adds what is wrong with a password that a person chose, if anything is.</summary>
    public static void AddPasswordFault(this Fields fields, string field, PasswordFault fault)
    {
        if (fault != PasswordFault.None)
        {
            fields.Add(field, FieldCode.NotPossible, Explain(fault));
        }
    }

    /// <summary>What an error says of a fault, in English.</summary>
    public static string Explain(PasswordFault fault) => fault switch
    {
        PasswordFault.Length => $"must be {Limits.PasswordCharactersMin} to {Limits.PasswordCharactersMax} characters",
        PasswordFault.Sequence => "must not be a repetition or a sequence: choose several words, or what a password manager makes",
        PasswordFault.Common =>
            "must not be built on one of the most common passwords, with digits and signs around it: choose several words that "
            + "do not belong together",
        PasswordFault.Personal =>
            "must not be built on your name, e-mail address, organisation or operator: choose several words that do not belong "
            + "together",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    /// <summary>What is wrong with a password.</summary>
    /// <param name="password">As it was typed.</param>
    /// <param name="own">Names, e-mail address, organisations and operators of the person.</param>
    public static PasswordFault FaultOf(string? password, IEnumerable<string?> own)
    {
        if (password is not { Length: >= Limits.PasswordCharactersMin and <= Limits.PasswordCharactersMax })
        {
            return PasswordFault.Length;
        }

        if (IsSequence(password))
        {
            return PasswordFault.Sequence;
        }

        var letters = LettersOf(password);
        // The words of each, and each as a whole: an address can be letters and digits in turn.
        var ownWords = own.SelectMany(text => WordsOf(text).Append(LettersOf(text ?? "")))
            .Where(word => word.Length >= OwnWordCharactersMin).ToHashSet(StringComparer.Ordinal);
        // Digits and signs alone that are no sequence are as good as they are long.
        if (letters.Length == 0 || !IsCovered(letters, ownWords))
        {
            return PasswordFault.None;
        }

        return IsCovered(letters, []) ? PasswordFault.Common : PasswordFault.Personal;
    }

    private static bool IsSequence(string password)
    {
        var steps = 0;
        for (var i = 1; i < password.Length; i++)
        {
            steps += Math.Abs(password[i] - password[i - 1]) > 1 ? 1 : 0;
        }

        return steps < StepsMin || Enumerable.Range(1, password.Length / 2).Any(period => IsPeriodic(password, period));
    }

    private static bool IsPeriodic(string text, int period) =>
        text.AsSpan(period).SequenceEqual(text.AsSpan(0, text.Length - period));

    // Digits and signs around it are what people add when a rule asks for them; within it they stand for letters.
    private static string LettersOf(string password)
    {
        var text = Normal(password);
        var first = 0;
        var last = text.Length - 1;
        while (first <= last && !char.IsLetter(text[first]))
        {
            first++;
        }

        while (last >= first && !char.IsLetter(text[last]))
        {
            last--;
        }

        var letters = new StringBuilder();
        foreach (var character in text.AsSpan(first, last - first + 1))
        {
            var letter = character switch
            {
                '0' => 'o',
                '1' or '!' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                _ => character,
            };
            if (char.IsLetter(letter))
            {
                letters.Append(letter);
            }
        }

        return letters.ToString();
    }

    // Whether nothing is left but a few letters when the person's own words and two common ones at most are taken out:
    // each place is the end of what is known best of the letters before it. A repeated word counts once.
    private static bool IsCovered(string letters, HashSet<string> own)
    {
        var best = new List<(int Left, HashSet<string> Words)> { (0, []) };
        for (var end = 1; end <= letters.Length; end++)
        {
            var chosen = (best[end - 1].Left + 1, best[end - 1].Words);
            for (var start = Math.Max(0, end - WordCharactersMax); start <= end - OwnWordCharactersMin; start++)
            {
                var word = letters[start..end];
                if (best[start].Left < chosen.Item1 && (own.Contains(word) || Common.Contains(word)))
                {
                    chosen = (best[start].Left, own.Contains(word) ? best[start].Words : [.. best[start].Words, word]);
                }
            }

            best.Add(chosen);
        }

        var (left, words) = best[^1];
        return left < RestCharactersMin && words.Count <= WordsMax;
    }

    private static IEnumerable<string> WordsOf(string? text)
    {
        var word = new StringBuilder();
        foreach (var character in Normal(text ?? "") + " ")
        {
            if (char.IsLetter(character))
            {
                word.Append(character);
                continue;
            }

            yield return word.ToString();
            word.Clear();
        }
    }

    // Text that is none, such as half a surrogate pair, cannot be normalised and is no word.
    private static string Normal(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return text.ToLowerInvariant();
        }
    }

    private static FrozenSet<string> ReadCommon()
    {
        using var stream = typeof(NewPassword).Assembly.GetManifestResourceStream("CommonPasswords.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n')
            .Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(word => word.Length >= WordCharactersMin)
            .ToFrozenSet(StringComparer.Ordinal);
    }
}
