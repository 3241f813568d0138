using Authorisation.Admin.Access;
using Authorisation.Admin.Http;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>E-mail and password.</summary>
internal sealed record NewSession(string? Email, string? Password);

/// <summary>What a session is used with; the token is shown here only.</summary>
internal sealed record SessionView(string Token, DateTime ExpiresAt);

/// <summary>
/// Signing in. Of all calls it is the one that anybody can make as often as the bounds allow and that costs processor time,
/// so it is no transaction: nothing is locked and no connection held while a password is hashed, and sign-ins with one
/// address wait for each other no more than those with an unknown one do.
/// </summary>
/// <remarks>It takes no Idempotency-Key, either: made again it is another session.</remarks>
internal static class BeginSession
{
    public const string Name = "begin_session";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sessions", BeginAsync).WithName(Name).WithTags("sessions").Open()
            .Answers<SessionView>(StatusCodes.Status201Created, StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> BeginAsync(AdminDatabase database, Passwords passwords, Body<NewSession> body)
    {
        var (email, password) = Read(body.Value);
        // Opened by each statement, and given back after it.
        await using var db = database.Source.CreateConnection();
        var person = await db.QuerySingleOrDefaultAsync<Candidate>(
            "select id, password_hash from control.person where email = @email", new { email });
        // Whoever it is, one password is hashed.
        if (passwords.Verify(person?.PasswordHash, password) && await OpenAsync(db, person!) is { } session)
        {
            return new Reply(StatusCodes.Status201Created, session);
        }

        await CountFailureAsync(db, person);
        throw new ProblemException(
            StatusCodes.Status401Unauthorized, "wrong_credentials",
            "The e-mail address or the password is wrong, or there were too many wrong ones lately.");
    }

    // Whatever could once be chosen as a password is compared: it is only bounded, as hashing takes time by its length.
    private static (string Email, string Password) Read(NewSession sent)
    {
        var fields = new Fields();
        if (string.IsNullOrWhiteSpace(sent.Email))
        {
            fields.Add("email", FieldCode.Required, "is required");
        }

        if (string.IsNullOrEmpty(sent.Password))
        {
            fields.Add("password", FieldCode.Required, "is required");
        }
        else if (sent.Password.Length > Limits.PasswordCharactersMax)
        {
            fields.Add("password", FieldCode.TooLong, $"must be at most {Limits.PasswordCharactersMax} characters");
        }

        fields.ThrowIfAny();
        _ = EmailAddress.TryNormalise(sent.Email, out var email);
        return (email, sent.Password!);
    }

    // Null if the person is locked out, or has another password by now: a right one does not open what is locked.
    private static async Task<SessionView?> OpenAsync(NpgsqlConnection db, Candidate person)
    {
        var (token, sha256) = TokenHash.NewToken();
        var expiresAt = await db.ExecuteScalarAsync<DateTime?>(
            """
            with admitted as (
              update control.person set failures = 0, locked_until = null
              where id = @Id and password_hash = @PasswordHash and (locked_until is null or locked_until <= ledger_now())
              returning id
            )
            insert into control.session (sha256, person_id, expires_at)
            select @sha256, id, ledger_now() + @time from admitted
            returning expires_at
            """,
            new { person.Id, person.PasswordHash, sha256, time = Limits.SessionTime });
        return expiresAt is { } end ? new SessionView(token, end) : null;
    }

    // However many are counted at once, each waits for the row and sees those before it.
    private static Task<int> CountFailureAsync(NpgsqlConnection db, Candidate? person) => db.ExecuteAsync(
        """
        update control.person
        set failures = case when failures + 1 >= @most then 0 else failures + 1 end,
            locked_until = case when failures + 1 >= @most then ledger_now() + @time else locked_until end
        where id = @id and (locked_until is null or locked_until <= ledger_now())
        """,
        new { id = person?.Id ?? Guid.Empty, most = Limits.PasswordFailuresMax, time = Limits.LockOutTime });

    private sealed record Candidate
    {
        public required Guid Id { get; init; }

        public string? PasswordHash { get; init; }
    }
}
