namespace Authorisation.Core;

/// <summary>Numbers on the back of travel cards, as people and devices write them.</summary>
public static class CardNumber
{
    /// <summary>Takes the spaces out and checks what is left; leading zeros stay.</summary>
    /// <param name="text">The number, with or without spaces.</param>
    /// <param name="number">
    /// <see cref="Limits.CardNumberDigitsMin"/> to <see cref="Limits.CardNumberDigitsMax"/> digits; empty when it is no
    /// number.
    /// </param>
    public static bool TryNormalise(string? text, out string number)
    {
        var digits = text is null ? ""
            : text.Contains(' ', StringComparison.Ordinal) ? text.Replace(" ", "", StringComparison.Ordinal)
            : text;
        var isRight = digits.Length is >= Limits.CardNumberDigitsMin and <= Limits.CardNumberDigitsMax
            && !digits.AsSpan().ContainsAnyExceptInRange('0', '9');
        number = isRight ? digits : "";
        return isRight;
    }
}
