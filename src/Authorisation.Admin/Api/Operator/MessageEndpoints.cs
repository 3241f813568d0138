using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A message and how far it has come. What it says is not shown: codes and links stand in it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="OrganisationId">The organisation that it is about.</param>
/// <param name="TravellerId">The traveller that it is about.</param>
/// <param name="CreditAccountId">The credit that it is about.</param>
/// <param name="Channel">sms or email.</param>
/// <param name="Kind">What it is, such as activation_code or invitation.</param>
/// <param name="Recipient">The number or address that it goes to.</param>
/// <param name="Status">
/// waiting; sent; dead: given up after many tries; overtaken: not sent any more, as a newer one was or it came too
/// late.
/// </param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="MadeAt">When it was written.</param>
/// <param name="SentAt">When the gateway or mail server took it.</param>
/// <param name="NextAttemptAt">When it is tried next; absent when it is not waiting.</param>
/// <param name="LastError">Why the last try failed.</param>
internal sealed record MessageView(
    Guid Id,
    string Operator,
    Guid? OrganisationId,
    Guid? TravellerId,
    Guid? CreditAccountId,
    [AllowedValues("sms", "email")] string Channel,
    string Kind,
    string Recipient,
    [AllowedValues("waiting", "sent", "dead", "overtaken")] string Status,
    int Attempts,
    DateTime MadeAt,
    DateTime? SentAt,
    DateTime? NextAttemptAt,
    string? LastError);

/// <summary>What was sent, tried and given up.</summary>
internal static class MessageEndpoints
{
    private const string Columns = """
        m.id, o.code as operator, m.operator_id, m.organisation_id, m.traveller_id, m.account_id, m.channel, m.kind,
        m.recipient, m.state, m.attempts, m.made_at, m.sent_at, m.next_attempt_at, m.last_error, m.text is not null as has_text,
        m.expires_at <= ledger_now() as has_lapsed
        from control.message m join operator o on o.id = m.operator_id
        """;

    private const string Waiting = "waiting";
    private const string Sent = "sent";
    private const string Dead = "dead";
    private const string Overtaken = "overtaken";

    private static readonly string[] States = [Waiting, Sent, Dead, Overtaken];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/messages", ListAsync).WithName("list_messages").WithTags("messages")
            .Answers<Page<MessageView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapGet("/v1/messages/{id:guid}", GetAsync).WithName("get_message").WithTags("messages")
            .Answers<MessageView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/messages/{id:guid}/sending", SendAgainAsync).WithName("send_message_again").WithTags("messages")
            .Answers<MessageView>(
                StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Reply> ListAsync(
        Call call,
        [AsParameters] PageQuery page,
        [FromQuery(Name = "operator")] string? @operator,
        [FromQuery, AllowedValues(Waiting, Sent, Dead, Overtaken)] string? status)
    {
        var operators = await StaffOperators.ListedAsync(call, @operator);
        var state = status is null ? 0 : Array.IndexOf(States, status) + 1;
        var rows = (await call.Db.QueryAsync<Row>(
            $"""
            select {Columns}
            where m.operator_id = any(@operators) and m.id > @after and (@state = 0 or m.state = @state)
            order by m.id limit @count
            """,
            new { operators, state, after = page.AfterId, count = page.Size + 1 })).ToList();
        return Reply.Ok(Page<MessageView>.Of(rows, page.Size, View, row => row.Id));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id) => Reply.Ok(View(await SeeAsync(call, id, "")));

    private static async Task<Reply> SendAgainAsync(Call call, Guid id)
    {
        var row = await SeeAsync(call, id, "for no key update of m");
        if (!row.HasText || row.HasLapsed)
        {
            throw new RefusedException(ProblemCode.TextNotKept,
                "What it said is not kept once it was sent, overtaken or has lapsed: make a new code or invitation instead.");
        }

        await call.Db.ExecuteAsync(
            """
            update control.message
            set state = 1, attempts = 0, next_attempt_at = ledger_now(), last_error = null
            where id = @id and state = 3
            """,
            new { id });
        await call.Work.AuditAsync("message.sent_again", "message:" + id, row.OperatorId, row.OrganisationId);
        return Reply.Ok(View(await SeeAsync(call, id, "")));
    }

    private static async Task<Row> SeeAsync(Call call, Guid id, string locking) =>
        await call.Db.QuerySingleOrDefaultAsync<Row>($"select {Columns} where m.id = @id {locking}", new { id }) is { } row
        && call.Principal.StaffOf.Contains(row.OperatorId)
            ? row
            : throw Problems.NotFound();

    private static MessageView View(Row row) => new(
        row.Id,
        row.Operator,
        row.OrganisationId,
        row.TravellerId,
        row.AccountId,
        row.Channel == 1 ? "sms" : "email",
        row.Kind,
        row.Recipient,
        States[row.State - 1],
        row.Attempts,
        row.MadeAt,
        row.SentAt,
        row.State == 1 ? row.NextAttemptAt : null,
        row.LastError);

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required string Operator { get; init; }

        public required int OperatorId { get; init; }

        public Guid? OrganisationId { get; init; }

        public Guid? TravellerId { get; init; }

        public Guid? AccountId { get; init; }

        public required short Channel { get; init; }

        public required string Kind { get; init; }

        public required string Recipient { get; init; }

        public required short State { get; init; }

        public required short Attempts { get; init; }

        public required DateTime MadeAt { get; init; }

        public DateTime? SentAt { get; init; }

        public required DateTime NextAttemptAt { get; init; }

        public string? LastError { get; init; }

        public required bool HasText { get; init; }

        public required bool HasLapsed { get; init; }
    }
}
