using Authorisation.Core;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// Rules that were read lately, by their text: accounts that have the same rules share them, and they are read once.
/// Bounded: when it is full it forgets all. Used by one task at a time.
/// </summary>
internal sealed class KnownRules
{
    private const int TextsMax = 1_000;

    private readonly Dictionary<string, PurchaseRules> _byText = new(StringComparer.Ordinal);

    /// <summary>The rules that a text says.</summary>
    /// <exception cref="InvalidDataException">It is no text of rules.</exception>
    public PurchaseRules Of(string text)
    {
        if (_byText.TryGetValue(text, out var known))
        {
            return known;
        }

        if (!PurchaseRules.TryParse(text, out var read))
        {
            throw new InvalidDataException("The ledger answered rules that cannot be read.");
        }

        if (_byText.Count >= TextsMax)
        {
            _byText.Clear();
        }

        return _byText[text] = read;
    }
}
