namespace Authorisation.Core;

/// <summary>What kind of client a token was given to. Stored; the numbers never change.</summary>
public enum ClientKind
{
    /// <summary>A validator, or a gateway that speaks for many: card purchases.</summary>
    Validator = 1,

    /// <summary>A driver's console: card purchases, and cancelling them the same day.</summary>
    Console = 2,

    /// <summary>The back end of the operator's app: purchases of any app account.</summary>
    AppBackEnd = 3,

    /// <summary>
    /// The operator's ticket system: reports what became of tickets to the control plane. It makes no calls of gRPC.
    /// </summary>
    TicketSystem = 4,
}
