namespace Authorisation.Core;

/// <summary>Why an authorisation's state does not allow what was asked. Sent to callers by name; not stored.</summary>
public enum Refusal
{
    /// <summary>It is allowed.</summary>
    None,

    /// <summary>The purchase was declined: there is nothing to take or to refund.</summary>
    AuthorisationDeclined,

    /// <summary>Nothing is held any more: it has been taken already.</summary>
    AlreadyCaptured,

    /// <summary>It has been voided.</summary>
    AlreadyVoided,

    /// <summary>All of it has been refunded.</summary>
    AlreadyRefunded,

    /// <summary>The hold lapsed.</summary>
    HoldExpired,

    /// <summary>It is held still: void it instead.</summary>
    NotCaptured,

    /// <summary>More than was held.</summary>
    AmountOverHeld,

    /// <summary>More than has been taken and not refunded yet.</summary>
    AmountOverRemaining,

    /// <summary>
    /// The month whose invoice carries it is closed, and it is not its originator that finishes what it began.
    /// </summary>
    MonthClosed,

    /// <summary>The hold has not lapsed, or is none any more.</summary>
    NotLapsed,

    /// <summary>It is on an account already.</summary>
    AlreadyMatched,

    /// <summary>So much was done to it already that nothing more is taken.</summary>
    TooManyOperations,
}
