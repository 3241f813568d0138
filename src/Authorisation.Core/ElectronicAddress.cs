namespace Authorisation.Core;

/// <summary>An address in an e-invoicing network.</summary>
/// <param name="Scheme">A code of the Electronic Address Scheme list, such as 0007.</param>
/// <param name="Value">The address within the scheme.</param>
public sealed record ElectronicAddress(string Scheme, string Value)
{
    /// <summary>The scheme of Swedish organisation numbers.</summary>
    public const string SwedishNumber = "0007";

    /// <summary>The scheme of Norwegian organisation numbers.</summary>
    public const string NorwegianNumber = "0192";

    /// <summary>What an address that is given must be.</summary>
    public const string Form =
        "must be scheme:value, with the scheme 0007, 0060, 0088, 0192, 0208 or 9955, such as 0007:5566778899 or 0192:974761076";

    private const string DunsNumber = "0060";
    private const string LocationNumber = "0088";
    private const string BelgianNumber = "0208";
    private const string SwedishVatNumber = "9955";

    private const int LocationNumberDigits = 13;
    private const int BelgianNumberDigits = 10;
    private const int BelgianModulus = 97;

    /// <summary>
    /// Whether a document may have it: a scheme that is accepted here, as those that Peppol does not know make a
    /// document that it refuses (BR-CL-25), and a value in the form that Peppol checks for the scheme.
    /// </summary>
    public bool IsRight => Normalise(Scheme, Value) == Value;

    /// <summary>
    /// Reads <c>scheme:value</c>, such as <c>0088:7300010000001</c>, with the value in its form; null for anything
    /// else.
    /// </summary>
    public static ElectronicAddress? Parse(string? text)
    {
        var (scheme, value) = Split(text);
        return Normalise(scheme, value) is { } right ? new ElectronicAddress(scheme, right) : null;
    }

    /// <summary>
    /// Reads what was kept. What is no address stays as it was written, for a document to say so: without it, the
    /// document would go to the wrong place. Null for nothing.
    /// </summary>
    public static ElectronicAddress? Read(string? text)
    {
        var (scheme, value) = Split(text);
        return value.Length == 0 ? null : new ElectronicAddress(scheme, Normalise(scheme, value) ?? value);
    }

    /// <inheritdoc/>
    public override string ToString() => Scheme.Length == 0 ? Value : $"{Scheme}:{Value}";

    private static (string Scheme, string Value) Split(string? text) =>
        (text ?? "").Split(':', 2, StringSplitOptions.TrimEntries) is [{ } scheme, { Length: > 0 } value] ? (scheme, value) : ("", (text ?? "").Trim());

    // PEPPOL-COMMON-R040, R041, R043 and R049 check these; the rest is between the seller and its access point.
    private static string? Normalise(string scheme, string value) => scheme switch
    {
        SwedishNumber => OrganisationNumber.TryNormalise(value, "SE", out var number) ? number : null,
        NorwegianNumber => OrganisationNumber.TryNormalise(value, "NO", out var number) ? number : null,
        LocationNumber => Digits(value) is { Length: LocationNumberDigits } digits && IsLocation(digits) ? digits : null,
        BelgianNumber => Digits(value) is { Length: BelgianNumberDigits } digits && IsBelgian(digits) ? digits : null,
        DunsNumber or SwedishVatNumber => value.Length > 0 ? value : null,
        _ => null,
    };

    private static string? Digits(string value)
    {
        var digits = value.Replace(" ", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
        return digits.All(char.IsAsciiDigit) ? digits : null;
    }

    // Every second digit counts three times, so that the sum ends with 0.
    private static bool IsLocation(string digits) =>
        digits.Select((digit, i) => (digit - '0') * (i % 2 == 0 ? 1 : 3)).Sum() % 10 == 0;

    private static bool IsBelgian(string digits)
    {
        var number = digits.Aggregate(0L, (sum, digit) => (sum * 10) + digit - '0');
        return BelgianModulus - (number / 100 % BelgianModulus) == number % 100;
    }
}
