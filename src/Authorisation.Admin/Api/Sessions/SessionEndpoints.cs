using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Sessions;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>E-mail and password.</summary>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Password">The person's password.</param>
internal sealed record NewSession(
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [Required, MaxLength(Limits.PasswordCharactersMax)] string? Password);

/// <summary>The password that the caller has, and the one that is wanted.</summary>
/// <param name="CurrentPassword">The password that the caller has.</param>
/// <param name="Password">The password that is wanted: several words, or what a password manager makes.</param>
internal sealed record PasswordChange(
    [Required, MaxLength(Limits.PasswordCharactersMax)] string? CurrentPassword,
    [Required, MinLength(Limits.PasswordCharactersMin), MaxLength(Limits.PasswordCharactersMax)] string? Password);

/// <summary>A session of the caller's own.</summary>
/// <param name="Id">To end it by.</param>
/// <param name="MadeAt">When it was begun.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="From">The address that it was begun from.</param>
/// <param name="Current">Whether it is the one that asks.</param>
internal sealed record OwnSession(Guid Id, DateTime MadeAt, DateTime ExpiresAt, string? From, bool Current);

/// <summary>Signing in, and what people do with their own sessions and password.</summary>
internal static class SessionEndpoints
{
    /// <summary>
    /// The operation that needs no transaction, and so takes no Idempotency-Key: made again it is another session.
    /// </summary>
    public const string Begin = "begin_session";

    /// <summary>Maps signing in, which is no transaction.</summary>
    public static void MapBegin(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sessions", BeginAsync).WithName(Begin).WithTags("sessions").Open()
            .Answers<SessionView>(StatusCodes.Status201Created, StatusCodes.Status429TooManyRequests);

    /// <summary>Maps the others.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/sessions", ListAsync).WithName("list_sessions").WithTags("sessions")
            .Answers<Page<OwnSession>>(StatusCodes.Status200OK);
        routes.MapDelete("/v1/sessions", EndAsync).WithName("end_session").WithTags("sessions")
            .AnswersNothing();
        routes.MapDelete("/v1/sessions/{id:guid}", EndOneAsync).WithName("end_one_session").WithTags("sessions")
            .AnswersNothing(StatusCodes.Status404NotFound);
        routes.MapPut("/v1/me/password", ChangePasswordAsync).WithName("change_password").WithTags("sessions")
            .WithDescription(
                "Changes the caller's own password. Every session of the person ends, and a new one is the answer.")
            .Answers<SessionView>(StatusCodes.Status200OK);
    }

    private static async Task<Reply> BeginAsync(HttpContext http, BeginSession begin, Body<NewSession> body) => new(
        StatusCodes.Status201Created,
        await begin.RunAsync(
            Call.AddressOf(http), new(() => new SignInRequest(body.Value.Email, body.Value.Password))));

    private static async Task<Reply> ListAsync(Call call, ListSessions list, [AsParameters] PageQuery page)
    {
        var rows = await list.RunAsync(call.Work, BearerToken.HashOf(call.Http.Request), page.OfIds);
        return Reply.Ok(Page<OwnSession>.Of(
            rows, page.Size, row => new OwnSession(row.Id, row.MadeAt, row.ExpiresAt, row.Address, row.IsCurrent), row => row.Id));
    }

    private static async Task<Reply> EndAsync(Call call, EndSession end, [FromQuery] bool? all)
    {
        await (all == true ? end.RunAllAsync(call.Work) : end.RunCurrentAsync(
            call.Work, BearerToken.HashOf(call.Http.Request)));
        return Reply.NoContent();
    }

    private static async Task<Reply> EndOneAsync(Call call, EndSession end, Guid id)
    {
        await end.RunAsync(call.Work, id);
        return Reply.NoContent();
    }

    private static async Task<Reply> ChangePasswordAsync(Call call, ChangePassword change, Body<PasswordChange> body)
    {
        var changed = await change.RunAsync(call.Work, call.Request(body, sent =>
            new PasswordChangeRequest(sent.CurrentPassword, sent.Password)));
        // A wrong password is counted: that is committed with the refusal.
        return changed.Refusal is { } refusal ? Reply.Refusal(refusal) : Reply.Ok(changed.Session!);
    }
}
