using System.Text;
using Authorisation.Admin.Access;
using Authorisation.Admin.Invoices;
using Authorisation.Core;

namespace Authorisation.Admin.Http;

/// <summary>Checks fields one by one and collects what is wrong, so that a caller is told everything at once.</summary>
internal sealed class Fields
{
    private const int ElectronicAddressCharactersMax = 60;

    private readonly List<FieldError> _errors = [];

    /// <summary>Whether all was well so far.</summary>
    public bool AllRight => _errors.Count == 0;

    /// <summary>What was wrong.</summary>
    public IReadOnlyList<FieldError> Errors => _errors;

    public void Add(string field, string message) => _errors.Add(new FieldError(field, message));

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
            Add(field, "is required");
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
            Add(field, $"must be at most {charactersMax} characters");
            return null;
        }

        if (text.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune.Value is 0xFFFD or 0xFFFE or 0xFFFF))
        {
            Add(field, "must not contain control characters");
            return null;
        }

        return text;
    }

    /// <summary>An e-mail address that must be there.</summary>
    public string Email(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Add(field, "is required: an e-mail address");
            return "";
        }

        if (EmailAddress.TryNormalise(value, out var address))
        {
            return address;
        }

        Add(field, "must be an e-mail address such as anna@example.com");
        return "";
    }

    /// <summary>A mobile number that may be missing.</summary>
    public string? Mobile(string field, string? value, string country)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        if (MobileNumber.TryNormalise(value, country, out var e164))
        {
            return e164;
        }

        Add(field, country == "NO"
            ? "must be a mobile number such as +47 912 34 567 or 912 34 567"
            : "must be a mobile number such as +46 70 123 45 67 or 070-123 45 67");
        return null;
    }

    /// <summary>An address for e-invoices that may be missing.</summary>
    public ElectronicAddress? ElectronicAddress(string field, string? value)
    {
        if (Optional(field, value, ElectronicAddressCharactersMax) is not { } text)
        {
            return null;
        }

        var address = Invoices.ElectronicAddress.Parse(text);
        if (address is null)
        {
            Add(field, Invoices.ElectronicAddress.Form);
        }

        return address;
    }

    /// <summary>A card number: spaces are taken out, leading zeros stay.</summary>
    public string CardNumber(string field, string? value)
    {
        if (!Core.CardNumber.TryNormalise(value, out var number))
        {
            Add(field, $"must be {Limits.CardNumberDigitsMin} to {Limits.CardNumberDigitsMax} digits; spaces are allowed");
        }

        return number;
    }

    /// <summary>A password that is to be compared: whatever could once be chosen is.</summary>
    public string PresentPassword(string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            Add(field, "is required");
        }
        else if (value.Length > Limits.PasswordCharactersMax)
        {
            Add(field, $"must be at most {Limits.PasswordCharactersMax} characters");
        }

        return value ?? "";
    }

    /// <summary>Adds what is wrong with a password that somebody wants to have, if anything is.</summary>
    public void NewPassword(string field, PasswordFault fault)
    {
        if (fault != PasswordFault.None)
        {
            Add(field, Access.NewPassword.Explain(fault));
        }
    }
}
