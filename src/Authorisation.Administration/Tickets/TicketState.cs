namespace Authorisation.Administration.Tickets;

/// <summary>How a ticket stands. Stored; the numbers never change.</summary>
internal enum TicketState
{
    /// <summary>Ordered and charged; its bearer does not have it yet.</summary>
    Ordered = 1,

    /// <summary>Its bearer has it.</summary>
    Delivered = 2,

    /// <summary>It is in use.</summary>
    Activated = 3,

    /// <summary>It was used to the end.</summary>
    UsedUp = 4,

    /// <summary>It is not valid any more.</summary>
    Expired = 5,

    /// <summary>An administrator ended it: it is gone, and stays charged.</summary>
    Ended = 6,

    /// <summary>Operator staff cancelled it before it was activated: it is gone, and its charge is taken back.</summary>
    Cancelled = 7,

    /// <summary>Its bearer could not get it: its charge is taken back.</summary>
    Undeliverable = 8,
}
