using System.Text;
using Authorisation.Core;
using Authorisation.Ledger.Activation;

namespace Authorisation.Administration.Work;

/// <summary>
/// Checks fields one by one and collects what is wrong, so that a caller gets all violations at once.
/// </summary>
internal sealed class Fields
{
    private readonly List<FieldError> _errors = [];

    /// <summary>Whether all was well so far.</summary>
    public bool IsValid => _errors.Count == 0;

    /// <summary>What was wrong.</summary>
    public IReadOnlyList<FieldError> Errors => _errors;

    public void Add(string field, FieldCode code, string message) => _errors.Add(new FieldError(field, code, message));

    /// <summary>Adds what is wrong with a field.</summary>
    public void Add(FieldError error) => _errors.Add(error);

    /// <summary>A number, or a length, that is not within its bounds.</summary>
    /// <param name="field">The field.</param>
    /// <param name="min">The least that it may be.</param>
    /// <param name="max">The most that it may be.</param>
    /// <param name="more">What else is said, behind the bounds.</param>
    public void AddOutOfRange(string field, long min, long max, string more = "") => _errors.Add(OutOfRange(field, min, max, more));

    /// <summary>The message for a number, or a length, outside its bounds.</summary>
    public static FieldError OutOfRange(string field, long min, long max, string more = "") =>
        new(field, FieldCode.OutOfRange, $"must be {min} to {max}{more}") { Min = min, Max = max };

    /// <summary>A text that is too long.</summary>
    public void AddTooLong(string field, int charactersMax) => _errors.Add(TooLong(field, charactersMax));

    /// <summary>The message for a text that is too long.</summary>
    public static FieldError TooLong(string field, int charactersMax) =>
        new(field, FieldCode.TooLong, $"must be at most {charactersMax} characters") { Max = charactersMax };

    /// <summary>A word that is none of those that the field takes.</summary>
    public void AddNotOneOf(string field, params string[] allowed) => _errors.Add(NotOneOf(field, allowed));

    /// <summary>The message for a word that the field does not take.</summary>
    public static FieldError NotOneOf(string field, params string[] allowed) =>
        new(field, FieldCode.NotOneOf, $"must be {Words.Either(allowed)}") { Allowed = allowed };

    /// <summary>The message for a text that is no mobile number.</summary>
    public static string NoMobile(string value, string country)
    {
        var form = country == "NO"
            ? "must be a mobile number such as +47 912 34 567 or 912 34 567"
            : "must be a mobile number such as +46 70 123 45 67 or 070-123 45 67";
        return MobileNumber.OtherKind(value, country) is { } kind ? $"{form}: this is {kind}, which no code is sent to" : form;
    }

    /// <summary>Ends the call if anything was wrong.</summary>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw Problems.Fields(_errors);
        }
    }

    /// <summary>Text that must be there.</summary>
    public string Required(string field, string? value, int charactersMax)
    {
        if (Optional(field, value, charactersMax) is { } text)
        {
            return text;
        }

        if (_errors.All(error => error.Field != field))
        {
            Add(field, FieldCode.Required, "is required");
        }

        return "";
    }

    /// <summary>Text that may be missing; blank is missing.</summary>
    public string? Optional(string field, string? value, int charactersMax)
    {
        var text = value?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.EnumerateRunes().Count() > charactersMax)
        {
            AddTooLong(field, charactersMax);
            return null;
        }

        if (text.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune.Value is 0xFFFD or 0xFFFE or 0xFFFF || IsOfDirection(rune)))
        {
            Add(field, FieldCode.Characters, "must not contain control characters, nor such as turn the direction of text");
            return null;
        }

        return text;
    }

    /// <summary>Text of several lines that must be there; line breaks are kept as <c>\n</c>.</summary>
    public string Paragraphs(string field, string? value, int charactersMax)
    {
        var text = (value ?? "").ReplaceLineEndings("\n").Trim();
        // The rules of a text of one line hold for each line, and the bound for all together.
        var errors = _errors.Count;
        Required(field, text.Replace('\n', ' '), charactersMax);
        return _errors.Count == errors ? text : "";
    }

    // With one of them a name, or what stands behind it on a page or an invoice, is read as something else than it is.
    private static bool IsOfDirection(Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>An e-mail address that must be there.</summary>
    public string Email(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Add(field, FieldCode.Required, "is required: an e-mail address");
            return "";
        }

        if (EmailAddress.TryNormalise(value, out var address))
        {
            return address;
        }

        Add(field, FieldCode.Malformed, "must be an e-mail address such as anna@example.com");
        return "";
    }

    /// <summary>A mobile number that may be missing.</summary>
    public string? Mobile(string field, string? value, string country)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        if (value.Length > Limits.WrittenNumberCharactersMax)
        {
            AddTooLong(field, Limits.WrittenNumberCharactersMax);
            return null;
        }

        if (MobileNumber.TryNormalise(value, country, out var e164))
        {
            return e164;
        }

        Add(field, FieldCode.Malformed, NoMobile(value, country));
        return null;
    }

    /// <summary>An address for e-invoices that may be missing.</summary>
    public ElectronicAddress? ElectronicAddress(string field, string? value)
    {
        if (Optional(field, value, Limits.ElectronicAddressCharactersMax) is not { } text)
        {
            return null;
        }

        var address = Core.ElectronicAddress.Parse(text);
        if (address is null)
        {
            Add(field, FieldCode.Malformed, Core.ElectronicAddress.Form);
        }

        return address;
    }

    /// <summary>A card number: spaces are taken out, leading zeros stay.</summary>
    public string CardNumber(string field, string? value)
    {
        if (value?.Length > Limits.WrittenNumberCharactersMax || !Core.CardNumber.TryNormalise(value, out var number))
        {
            number = "";
            Add(
                field, FieldCode.Malformed,
                $"must be {Limits.CardNumberDigitsMin} to {Limits.CardNumberDigitsMax} digits; spaces are allowed");
        }

        return number;
    }

    /// <summary>A password that is to be compared: whatever could once be chosen is.</summary>
    public string PresentPassword(string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            Add(field, FieldCode.Required, "is required");
        }
        else if (value.Length > Limits.PasswordCharactersMax)
        {
            AddTooLong(field, Limits.PasswordCharactersMax);
        }

        return value ?? "";
    }
}
