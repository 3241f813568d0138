using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>A session of the caller's own.</summary>
/// <param name="Id">To end it by.</param>
/// <param name="MadeAt">When it was begun.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="From">The address that it was begun from.</param>
/// <param name="Current">Whether it is the one that asks.</param>
internal sealed record OwnSession(Guid Id, DateTime MadeAt, DateTime ExpiresAt, string? From, bool Current);

/// <summary>The caller's own sessions: the list, and ending them.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/sessions", ListAsync).WithName("list_sessions").WithTags("sessions")
            .Answers<Page<OwnSession>>(StatusCodes.Status200OK);
        routes.MapDelete("/v1/sessions", EndAsync).WithName("end_session").WithTags("sessions")
            .AnswersNothing();
        routes.MapDelete("/v1/sessions/{id:guid}", EndOneAsync).WithName("end_one_session").WithTags("sessions")
            .AnswersNothing(StatusCodes.Status404NotFound);
    }

    private static async Task<Reply> ListAsync(Call call, [AsParameters] PageQuery page)
    {
        var rows = (await call.Db.QueryAsync<Row>(
            """
            select id, made_at, expires_at, address, sha256 = @current as is_current from control.session
            where person_id = @PersonId and ended_at is null and expires_at > ledger_now() and id > @after
            order by id limit @count
            """,
            new
            {
                call.Principal.PersonId,
                current = BearerToken.HashOf(call.Http.Request),
                after = page.AfterId,
                count = page.Size + 1,
            })).ToList();
        return Reply.Ok(Page<OwnSession>.Of(
            rows, page.Size, row => new OwnSession(row.Id, row.MadeAt, row.ExpiresAt, row.Address, row.IsCurrent), row => row.Id));
    }

    private static async Task<Reply> EndAsync(Call call, [FromQuery] bool? all)
    {
        await call.Db.ExecuteAsync(
            """
            update control.session set ended_at = ledger_now()
            where person_id = @PersonId and ended_at is null and (@isAll or sha256 = @current)
            """,
            new { call.Principal.PersonId, isAll = all == true, current = BearerToken.HashOf(call.Http.Request) });
        return Reply.NoContent();
    }

    private static async Task<Reply> EndOneAsync(Call call, Guid id) =>
        await call.Db.ExecuteAsync(
            "update control.session set ended_at = ledger_now() where id = @id and person_id = @PersonId and ended_at is null",
            new { id, call.Principal.PersonId }) == 1
            ? Reply.NoContent()
            : throw Problems.NotFound();

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required DateTime MadeAt { get; init; }

        public required DateTime ExpiresAt { get; init; }

        public string? Address { get; init; }

        public required bool IsCurrent { get; init; }
    }
}
