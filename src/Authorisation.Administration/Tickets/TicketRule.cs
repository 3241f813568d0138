using static Authorisation.Administration.Tickets.TicketCommand;
using static Authorisation.Administration.Tickets.TicketState;

namespace Authorisation.Administration.Tickets;

/// <summary>What a command comes to.</summary>
/// <param name="IsAllowed">Whether it is taken; else nothing is changed or recorded.</param>
/// <param name="State">How the ticket stands afterwards.</param>
internal readonly record struct TicketOutcome(bool IsAllowed, TicketState State);

/// <summary>
/// The states of tickets and what leads from one to another. Whatever races for a ticket is decided by this table, one after
/// the other under the lock of its row: the first moves it, and the others meet the state that it has then.
/// </summary>
internal static class TicketRule
{
    // By state, in the order of the commands: deliver, activate, use up, expire, fail delivery, change bearer, end, cancel.
    // A state is where it goes; the same state is that it is recorded and changes nothing; null is refused.
    private static readonly Dictionary<TicketState, TicketState?[]> Table = new()
    {
        // A report that came late or twice changes nothing. One of activation or use means delivery, too.
        [Ordered] = [Delivered, Activated, UsedUp, Expired, Undeliverable, Ordered, Ended, Cancelled],
        // On another bearer it has to be delivered again.
        [Delivered] = [Delivered, Activated, UsedUp, Expired, null, Ordered, Ended, Cancelled],
        [Activated] = [Activated, Activated, UsedUp, Expired, null, Activated, Ended, null],
        [UsedUp] = [UsedUp, UsedUp, UsedUp, UsedUp, null, null, null, null],
        [Expired] = [Expired, Expired, Expired, Expired, null, null, null, null],
        [Ended] = [null, null, null, null, null, null, Ended, null],
        [Cancelled] = [null, null, null, null, null, null, null, Cancelled],
        [Undeliverable] = [null, null, null, null, Undeliverable, null, null, null],
    };

    /// <summary>What a command comes to in a state.</summary>
    public static TicketOutcome Decide(TicketState state, TicketCommand command) =>
        Table[state][(int)command - 1] is { } next ? new(true, next) : new(false, state);

    /// <summary>Whether a ticket in this state can still be travelled on: its bearer carries it, or is to get it.</summary>
    public static bool IsLive(TicketState state) => state is Ordered or Delivered or Activated;

    /// <summary>Whether the charge of a ticket in this state is taken back.</summary>
    public static bool IsTakenBack(TicketState state) => state is Cancelled or Undeliverable;

    /// <summary>Whether the ticket system reports the command; else a person does it.</summary>
    public static bool IsReported(TicketCommand command) => command is Deliver or Activate or UseUp or Expire or FailDelivery;

    /// <summary>What the history calls a command that was taken.</summary>
    public static string NameOf(TicketCommand command) => command switch
    {
        Deliver => "delivered",
        Activate => "activated",
        UseUp => "used_up",
        Expire => "expired",
        FailDelivery => "undeliverable",
        TicketCommand.ChangeBearer => "bearer_changed",
        End => "ended",
        Cancel => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "It is no command."),
    };
}
