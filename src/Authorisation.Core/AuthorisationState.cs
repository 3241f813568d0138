namespace Authorisation.Core;

/// <summary>What an authorisation is now. Stored and sent; the numbers never change.</summary>
public enum AuthorisationState
{
    /// <summary>Refused; nothing was taken.</summary>
    Declined = 10,

    /// <summary>Approved, and its amount kept until it is captured, voided or lapses.</summary>
    Held = 20,

    /// <summary>Taken, at once or by a capture; part of it may have been refunded.</summary>
    Captured = 30,

    /// <summary>Undone, or undone before it came.</summary>
    Voided = 40,

    /// <summary>A hold that lapsed.</summary>
    Expired = 50,

    /// <summary>Taken and refunded, all of it.</summary>
    Refunded = 60,
}
