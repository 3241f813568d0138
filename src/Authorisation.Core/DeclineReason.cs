namespace Authorisation.Core;

/// <summary>
/// Why a purchase was declined. The order of the numbers is the precedence: of several reasons that apply,
/// the lowest is reported. The numbers are stored in the ledger and sent on the wire, so they never change;
/// gaps leave room for reasons to come.
/// </summary>
public enum DeclineReason
{
    /// <summary>The purchase was approved.</summary>
    None = 0,

    /// <summary>The id was voided before, or is a tombstone that a void of an unseen id left.</summary>
    Reversed = 10,

    /// <summary>No credit was ever given on this card, or no such app account exists at the operator.</summary>
    UnknownInstrument = 20,

    /// <summary>The operator gives no credit on cards.</summary>
    CardCreditNotOffered = 30,

    /// <summary>An administrator took the credit away.</summary>
    CreditRemoved = 40,

    /// <summary>The traveller has not activated the credit in the app yet.</summary>
    NotActivated = 50,

    /// <summary>An administrator blocked the credit.</summary>
    Blocked = 60,

    /// <summary>The credit's first day has not come, or its last day is over.</summary>
    CreditNotValidToday = 65,

    /// <summary>The operator suspended the organisation.</summary>
    OrganisationSuspended = 70,

    /// <summary>The card carries prepaid tickets; a card has credit or tickets, not both.</summary>
    CardHasTickets = 80,

    /// <summary>
    /// The ticket type is not among those the organisation lets this traveller buy, or the operator does not sell it on
    /// credit.
    /// </summary>
    ProductNotAllowed = 90,

    /// <summary>It was not bought in a zone that the organisation lets this traveller buy in.</summary>
    ZoneNotAllowed = 92,

    /// <summary>It is not a day or an hour at which the organisation lets this traveller buy.</summary>
    TimeNotAllowed = 94,

    /// <summary>The amount is above what the organisation lets one purchase cost.</summary>
    AmountOverRule = 100,

    /// <summary>With this purchase the day would cost more than the organisation lets a day cost.</summary>
    DayAmountOverRule = 104,

    /// <summary>The amount is more than what remains of the month's limit.</summary>
    InsufficientCredit = 110,

    /// <summary>The amount is more than what remains of a budget of the department or the billing reference.</summary>
    BudgetSpent = 120,
}
