namespace Authorisation.Administration.Tickets;

/// <summary>What is done to a ticket, or reported of it.</summary>
internal enum TicketCommand
{
    /// <summary>The ticket system reports that the bearer has it.</summary>
    Deliver = 1,

    /// <summary>The ticket system reports that it is in use.</summary>
    Activate = 2,

    /// <summary>The ticket system reports that it was used to the end.</summary>
    UseUp = 3,

    /// <summary>The ticket system reports that it is not valid any more.</summary>
    Expire = 4,

    /// <summary>The ticket system reports that the bearer cannot get it.</summary>
    FailDelivery = 5,

    /// <summary>An administrator puts it on another bearer.</summary>
    ChangeBearer = 6,

    /// <summary>An administrator ends it.</summary>
    End = 7,

    /// <summary>Operator staff cancel it.</summary>
    Cancel = 8,
}
