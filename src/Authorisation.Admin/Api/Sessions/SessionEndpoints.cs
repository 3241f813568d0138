using Authorisation.Admin.Access;
using Authorisation.Admin.Http;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>E-mail and password.</summary>
internal sealed record NewSession(string? Email, string? Password);

/// <summary>What a session is used with; the token is shown here only.</summary>
internal sealed record SessionView(string Token, DateTime ExpiresAt);

/// <summary>Signing in and out.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sessions", BeginAsync).WithName("begin_session").WithTags("sessions").Open()
            .Answers<SessionView>(StatusCodes.Status201Created, StatusCodes.Status409Conflict, StatusCodes.Status429TooManyRequests);
        routes.MapDelete("/v1/sessions", EndAsync).WithName("end_session").WithTags("sessions").AnswersNothing();
    }

    private static async Task<Reply> BeginAsync(Call call, Passwords passwords, Body<NewSession> body)
    {
        var fields = new Fields();
        var password = fields.Required("password", body.Value.Password, Limits.PasswordCharactersMax) is { Length: > 0 }
            ? body.Value.Password! : "";
        if (string.IsNullOrWhiteSpace(body.Value.Email))
        {
            fields.Add("email", "is required");
        }

        fields.ThrowIfAny();
        _ = EmailAddress.TryNormalise(body.Value.Email, out var email);
        var person = await call.Db.QuerySingleOrDefaultAsync<Candidate>(
            """
            select id, password_hash, locked_until > ledger_now() as is_locked
            from control.person where email = @email for no key update
            """,
            new { email });
        // Whoever it is, one password is hashed; and a right one does not open what is locked.
        var isRight = passwords.Verify(person?.PasswordHash, password);
        if (!isRight || person is not { IsLocked: not true })
        {
            await CountFailureAsync(call, person);
            return Reply.Refusal(new ProblemException(
                StatusCodes.Status401Unauthorized, "wrong_credentials",
                "The e-mail address or the password is wrong, or there were too many wrong ones lately."));
        }

        return await OpenAsync(call, person.Id);
    }

    private static async Task<Reply> OpenAsync(Call call, Guid personId)
    {
        var (token, sha256) = TokenHash.NewToken();
        await call.Db.ExecuteAsync(
            "update control.person set failures = 0, locked_until = null where id = @personId", new { personId });
        var expiresAt = await call.Db.ExecuteScalarAsync<DateTime>(
            """
            insert into control.session (sha256, person_id, expires_at) values (@sha256, @personId, ledger_now() + @time)
            returning expires_at
            """,
            new { sha256, personId, time = Limits.SessionTime });
        return new Reply(StatusCodes.Status201Created, new SessionView(token, expiresAt)) { HoldsSecret = true };
    }

    private static Task<int> CountFailureAsync(Call call, Candidate? person) => call.Db.ExecuteAsync(
        """
        update control.person
        set failures = case when failures + 1 >= @most then 0 else failures + 1 end,
            locked_until = case when failures + 1 >= @most then ledger_now() + @time else locked_until end
        where id = @id and (locked_until is null or locked_until <= ledger_now())
        """,
        new { id = person?.Id ?? Guid.Empty, most = Limits.PasswordFailuresMax, time = Limits.LockOutTime });

    private static async Task<Reply> EndAsync(Call call)
    {
        _ = call.Who;
        await call.Db.ExecuteAsync(
            "update control.session set ended_at = ledger_now() where sha256 = @hash",
            new { hash = Access.Sessions.HashOf(call.Http.Request) });
        return Reply.NoContent();
    }

    private sealed record Candidate
    {
        public required Guid Id { get; init; }

        public string? PasswordHash { get; init; }

        public bool? IsLocked { get; init; }
    }
}
