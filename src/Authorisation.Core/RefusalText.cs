namespace Authorisation.Core;

/// <summary>
/// What callers read about a <see cref="Refusal"/>, the same on every front: what prevents the operation, and what is
/// possible instead.
/// </summary>
public static class RefusalText
{
    /// <summary>The text of a refusal of a capture, void or refund.</summary>
    /// <exception cref="InvalidOperationException">It is none that callers can meet.</exception>
    public static string Of(Refusal refusal) => refusal switch
    {
        Refusal.AuthorisationDeclined => "The purchase was declined: there is nothing to take or to refund.",
        Refusal.AlreadyCaptured => "It has been taken already; nothing is held any more.",
        Refusal.AlreadyVoided => "It has been voided.",
        Refusal.AlreadyRefunded => "All of it has been refunded.",
        Refusal.HoldExpired =>
            "The hold has lapsed and nothing was taken: there is nothing to refund. To sell, make a new purchase.",
        Refusal.NotCaptured => "It is held and has not been taken: void it instead.",
        Refusal.AmountOverHeld => "The amount is more than is held.",
        Refusal.AmountOverRemaining => "The amount is more than was taken and has not been refunded.",
        Refusal.MonthClosed =>
            "The invoice that carries it is closed, so it cannot be voided any more. Operator staff can refund any purchase, "
            + "and an app back end an app purchase.",
        Refusal.TooManyOperations =>
            $"It has had {Limits.OperationsPerAuthorisationMax} operations; no more are taken from clients and apps.",
        _ => throw new InvalidOperationException($"{refusal} is not sent to callers."),
    };
}
