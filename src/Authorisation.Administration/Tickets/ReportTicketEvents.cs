using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Authorisation.Administration.Tickets;

/// <summary>What a ticket system reports of a ticket.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Event">What happened, by name.</param>
/// <param name="OccurredAt">When, by the ticket system's clock.</param>
/// <param name="EventId">An id of its own, which a retry repeats.</param>
/// <param name="Reason">Why, where there is a reason.</param>
internal sealed record TicketEventRequest(Guid? TicketId, string? Event, DateTimeOffset? OccurredAt, Guid? EventId, string? Reason);

/// <summary>What one report came to.</summary>
/// <param name="TicketId">The ticket, as it was sent.</param>
/// <param name="EventId">The report's id, as it was sent.</param>
/// <param name="State">How the ticket stood right after it, or stands now if the report is refused.</param>
/// <param name="Refused">Why it is refused; null when it is recorded, now or by an earlier try.</param>
internal sealed record TicketEventAnswer(Guid? TicketId, Guid? EventId, TicketState? State, RefusedException? Refused = null);

/// <summary>
/// Records what the ticket system reports: that a ticket was delivered, activated, used up, has expired, or cannot be
/// delivered. A repeated report is answered as the first one was. Operator staff may report for a ticket system that cannot.
/// </summary>
internal sealed partial class ReportTicketEvents(ILogger<ReportTicketEvents> logger)
{
    private static readonly string[] Names =
        [.. Enum.GetValues<TicketCommand>().Where(TicketRule.IsReported).Select(TicketRule.NameOf)];

    /// <summary>What can be reported.</summary>
    public static IReadOnlyList<string> EventNames => Names;

    /// <summary>Records one report.</summary>
    /// <exception cref="RefusedException">
    /// The ticket cannot be seen, the principal may not report, fields are wrong, or the ticket's state does not allow it.
    /// </exception>
    public async Task<TicketEventAnswer> RunAsync(UnitOfWork work, Guid ticketId, Request<TicketEventRequest> request)
    {
        var ticket = await TicketRow.LockForReportAsync(work, ticketId);
        var answer = await RecordAsync(work, request.Read() with { TicketId = ticketId }, ticket);
        return answer.Refused is { } refused ? throw refused : answer;
    }

    /// <summary>Records several reports in their order, each by itself: one that is refused leaves the others.</summary>
    /// <exception cref="RefusedException">The principal may not report, or there are none or too many.</exception>
    public async Task<IReadOnlyList<TicketEventAnswer>> RunAsync(
        UnitOfWork work, Request<IReadOnlyList<TicketEventRequest?>?> request)
    {
        if (work.TicketSystemIfAny is null)
        {
            StaffOperators.RequireAny(work);
        }

        int[] operators = work.TicketSystemIfAny is { } system ? [system.OperatorId] : [.. work.Principal.StaffOf];
        var asked = request.Read();
        if (asked is null)
        {
            throw Problems.Field("events", FieldCode.Required, "is required: the reports");
        }

        if (asked.Count is 0 or > Limits.TicketEventsMax)
        {
            throw Problems.Fields([Fields.OutOfRange("events", 1, Limits.TicketEventsMax, " reports")]);
        }

        // In one order, so that two calls do not wait for each other.
        await work.Db.ExecuteAsync(
            "select from control.ticket where id = any(@ids) and operator_id = any(@operators) order by id for no key update",
            new
            {
                ids = asked.Select(one => one?.TicketId).OfType<Guid>().ToArray(),
                operators,
            });
        var answers = new List<TicketEventAnswer>(asked.Count);
        foreach (var one in asked)
        {
            var report = one ?? new TicketEventRequest(null, null, null, null, null);
            // As the report before it left it.
            var ticket = report.TicketId is { } id ? await TicketRow.FindAsync(work.Db, id) : null;
            answers.Add(await RecordAsync(
                work, report, ticket is not null && operators.Contains(ticket.OperatorId) ? ticket : null));
        }

        return answers;
    }

    private async Task<TicketEventAnswer> RecordAsync(UnitOfWork work, TicketEventRequest report, TicketRow? ticket)
    {
        var fields = new Fields();
        var command = await CheckAsync(work, fields, report, ticket);
        if (!fields.IsValid)
        {
            return Refused(report, ticket, Problems.Fields(fields.Errors));
        }

        if (ticket is null)
        {
            return Refused(report, null, Problems.NotFound());
        }

        if (await TicketHistory.FindAsync(work.Db, ticket.OperatorId, report.EventId!.Value) is { } before)
        {
            return before.TicketId == ticket.Id && before.Event == report.Event
                ? new TicketEventAnswer(ticket.Id, report.EventId, before.StateAfter)
                : Refused(report, ticket, IdTaken());
        }

        var outcome = IsOfEarlierBearer(ticket, command, report)
            ? new TicketOutcome(IsAllowed: true, ticket.State)
            : TicketRule.Decide(ticket.State, command);
        if (!outcome.IsAllowed)
        {
            // Somebody travels on a ticket that is gone, and maybe not charged.
            if (command is TicketCommand.Activate or TicketCommand.UseUp)
            {
                LogUsedWhenGone(ticket.Id, report.Event!, Words.Of(ticket.State), report.OccurredAt!.Value);
            }

            return Refused(
                report, ticket, new RefusedException(ProblemCode.TicketState, TicketChange.Refusal(ticket.State, command)));
        }

        var change = new TicketChange(ticket, command, outcome.State)
        {
            EventId = report.EventId,
            OccurredAt = report.OccurredAt!.Value.UtcDateTime,
            Reason = string.IsNullOrWhiteSpace(report.Reason) ? null : report.Reason.Trim(),
        };
        return await change.ApplyAsync(work, await OperatorTerms.GetAsync(work.Db, ticket.OperatorId))
            ? new TicketEventAnswer(ticket.Id, report.EventId, outcome.State)
            : Refused(report, ticket, IdTaken());
    }

    // What is reported of a delivery to the bearer before says nothing of the one now.
    private static bool IsOfEarlierBearer(TicketRow ticket, TicketCommand command, TicketEventRequest report) =>
        command is TicketCommand.Deliver or TicketCommand.FailDelivery && TicketRule.IsLive(ticket.State)
        && report.OccurredAt!.Value.UtcDateTime < ticket.BearerSince && ticket.BearerSince > ticket.OrderedAt;

    private static async Task<TicketCommand> CheckAsync(
        UnitOfWork work, Fields fields, TicketEventRequest report, TicketRow? ticket)
    {
        if (report.TicketId is null)
        {
            fields.Add("ticket_id", FieldCode.Required, "is required: the ticket's id");
        }

        var command = Enum.GetValues<TicketCommand>().FirstOrDefault(
            one => TicketRule.IsReported(one) && TicketRule.NameOf(one) == report.Event);
        if (command == default)
        {
            fields.AddNotOneOf("event", Names);
        }

        if (report.OccurredAt is not { } at)
        {
            fields.Add("occurred_at", FieldCode.Required, "is required: when it happened, such as 2026-11-30T12:00:00Z");
        }
        else if (at > await ControlDatabase.NowAsync(work.Db) + Limits.TicketEventSkewMax)
        {
            fields.Add("occurred_at", FieldCode.NotPossible, "must not be in the future");
        }
        else if (ticket is not null && at.UtcDateTime < ticket.OrderedAt - Limits.TicketEventSkewMax)
        {
            fields.Add("occurred_at", FieldCode.NotPossible, "must not be before the ticket was ordered");
        }

        if (report.EventId is null)
        {
            fields.Add("event_id", FieldCode.Required, "is required: an id of your own, which a retry repeats");
        }

        fields.Optional("reason", report.Reason, Limits.ReasonCharactersMax);
        return command;
    }

    private static RefusedException IdTaken() =>
        new(ProblemCode.OperationIdTaken, "Another event was reported with this event_id: give each one of its own.");

    private static TicketEventAnswer Refused(TicketEventRequest report, TicketRow? ticket, RefusedException why) =>
        new(report.TicketId, report.EventId, ticket?.State, why);

    [LoggerMessage(
        5670, LogLevel.Warning,
        "Ticket {Ticket} was reported as {Event} when it was {State} already, at {OccurredAt}: the report is refused")]
    private partial void LogUsedWhenGone(Guid ticket, string @event, string state, DateTimeOffset occurredAt);
}
