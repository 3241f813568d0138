namespace Authorisation.Billing.Invoices;

/// <summary>How an operator's invoices are paid. Whatever is given is printed on them.</summary>
internal sealed record PaymentDetails
{
    /// <summary>7 or 8 digits, with or without the hyphen.</summary>
    public string? Bankgiro { get; init; }

    /// <summary>2 to 8 digits, with or without the hyphen.</summary>
    public string? Plusgiro { get; init; }

    public string? Iban { get; init; }

    /// <summary>The bank of <see cref="Iban"/>.</summary>
    public string? Bic { get; init; }

    /// <summary>11 digits, with or without dots and spaces.</summary>
    public string? NorwegianAccount { get; init; }

    /// <summary>Days from the issue date to the due date.</summary>
    public required int TermsDays { get; init; }

    /// <summary>Terms in words, instead of the number of days.</summary>
    public string? Text { get; init; }
}
