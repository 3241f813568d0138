using Authorisation.Administration.Access;
using Authorisation.Administration.Cards;
using Authorisation.Administration.Charges;
using Authorisation.Administration.Events;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Tickets;

/// <summary>
/// A change of a ticket that <see cref="TicketRule"/> allowed: its row, history and trail, the card that it leaves, and the
/// charge that is taken back.
/// </summary>
internal sealed record TicketChange(TicketRow Before, TicketCommand Command, TicketState State)
{
    /// <summary>What carries it from now on; as before unless given.</summary>
    public TicketBearer? Bearer { get; init; } = Before.Bearer;

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>The id that the ticket system gave what it reported.</summary>
    public Guid? EventId { get; init; }

    /// <summary>When that happened; null: now.</summary>
    public DateTime? OccurredAt { get; init; }

    private bool IsMoved => Bearer != Before.Bearer;

    /// <summary>Refuses what the table does not allow.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.TicketState"/>.</exception>
    public static TicketChange Allowed(TicketRow ticket, TicketCommand command) =>
        TicketRule.Decide(ticket.State, command) is { IsAllowed: true } outcome
            ? new TicketChange(ticket, command, outcome.State)
            : throw new RefusedException(ProblemCode.TicketState, Refusal(ticket.State, command));

    /// <summary>Why a command is refused.</summary>
    public static string Refusal(TicketState state, TicketCommand command) =>
        $"The ticket is {Words.Of(state).Replace('_', ' ')}: it cannot become {TicketRule.NameOf(command).Replace('_', ' ')}.";

    /// <summary>Makes the change of a ticket that is locked.</summary>
    /// <returns>False when its event's id is that of another event; then nothing was changed.</returns>
    public async Task<bool> ApplyAsync(UnitOfWork work, OperatorTerms terms)
    {
        if (!await TicketHistory.AddAsync(work.Db, HistoryOf(work)))
        {
            return false;
        }

        if (State == Before.State && !IsMoved)
        {
            return true;
        }

        await work.Db.ExecuteAsync(
            """
            update control.ticket
            set state = @state, card_number = @card, mobile = @mobile, revision = revision + 1,
                bearer_since = case when @IsMoved then ledger_now() else bearer_since end
            where id = @Id
            """,
            new { Before.Id, state = (short)State, card = Bearer?.CardNumber, mobile = Bearer?.Mobile, IsMoved });
        var leaves = IsMoved || (TicketRule.IsLive(Before.State) && !TicketRule.IsLive(State));
        if (leaves && Before.CardNumber is { } card)
        {
            await CardTickets.ReleaseAsync(work.Db, Before.OperatorId, card);
        }

        await work.AuditAsync(
            "ticket." + TicketRule.NameOf(Command), Before.Subject, Before.OperatorId, Before.OrganisationId, Before.DepartmentId,
            before: Before.Audited(),
            after: new { State = Words.Of(State), Bearer = Bearer?.ToString(), Reason });
        if (!TicketRule.IsReported(Command))
        {
            await EventOutbox.AddAsync(work.Db, TicketNews.Of(this));
        }

        // Last: a month that is being closed holds charges back.
        if (TicketRule.IsTakenBack(State))
        {
            await NewCharge.ReverseAsync(work.Db, terms, Before.ChargeId);
        }

        return true;
    }

    private TicketEventRow HistoryOf(UnitOfWork work) => new()
    {
        TicketId = Before.Id,
        OperatorId = Before.OperatorId,
        Event = TicketRule.NameOf(Command),
        EventId = EventId,
        OccurredAt = OccurredAt,
        PersonId = work.PrincipalIfAny?.PersonId,
        RecordedBy = work.PrincipalIfAny?.Email ?? "",
        ClientId = work.TicketSystemIfAny?.ClientId,
        StateBefore = Before.State,
        StateAfter = State,
        BearerBefore = IsMoved ? Before.Bearer?.ToString() : null,
        BearerAfter = IsMoved ? Bearer?.ToString() : null,
        Reason = Reason,
    };
}
