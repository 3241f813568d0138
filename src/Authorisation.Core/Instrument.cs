namespace Authorisation.Core;

/// <summary>
/// What is shown to pay with: a card of an operator or an app account. A card number is text and unique within
/// its operator only, so the operator is part of the identity.
/// </summary>
public readonly record struct Instrument
{
    private Instrument(int operatorId, InstrumentKind kind, string? cardNumber, Guid accountId)
    {
        OperatorId = operatorId;
        Kind = kind;
        CardNumber = cardNumber;
        AccountId = accountId;
    }

    /// <summary>The operator whose client asks.</summary>
    public int OperatorId { get; }

    /// <summary>Card or app; neither for <see cref="None"/>.</summary>
    public InstrumentKind Kind { get; }

    /// <summary>The digits on the card without spaces; <see langword="null"/> for an app.</summary>
    public string? CardNumber { get; }

    /// <summary>The credit account of the app; <see cref="Guid.Empty"/> for a card.</summary>
    public Guid AccountId { get; }

    /// <summary>The card with this number at this operator.</summary>
    public static Instrument Card(int operatorId, string cardNumber) =>
        new(operatorId, InstrumentKind.Card, cardNumber, Guid.Empty);

    /// <summary>The app with this account at this operator.</summary>
    public static Instrument App(int operatorId, Guid accountId) =>
        new(operatorId, InstrumentKind.App, cardNumber: null, accountId);

    /// <summary>None at this operator: that of a tombstone, which represents a purchase that never came.</summary>
    public static Instrument None(int operatorId) => new(operatorId, default, cardNumber: null, Guid.Empty);

    /// <summary>For logs: a card by its last four digits only.</summary>
    public override string ToString() => CardNumber is { } number
        ? $"card …{(number.Length > 4 ? number[^4..] : number)}"
        : $"app {AccountId}";
}
