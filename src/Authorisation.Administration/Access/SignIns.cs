using System.Security.Cryptography;
using System.Text;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Activation;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>
/// Tries passwords: of a sign-in, of a change of password, of an invitation. Whatever is tried costs one hash and two
/// statements, the second of which writes: for an unknown address, for a wrong password, for a right one, and for a
/// person who is locked out. That is why all of them take the same time. Wrong ones in a row are counted by what was
/// typed, not by person, and five of them lock that address for a while.
/// </summary>
/// <remarks>
/// Safe for any number of callers: it keeps nothing. However many are counted at once, each waits for the row of the
/// address and sees those before it.
/// </remarks>
internal sealed partial class SignIns(Passwords passwords, CodeKeys keys, ILogger<SignIns> logger)
{
    private const int TagCharacters = 16;

    /// <summary>Begins a session; null when the password is not the person's, or the address is locked.</summary>
    /// <param name="db">Outside of a transaction: nothing is to be locked while a password is hashed.</param>
    /// <param name="email">As it was typed.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="address">From where.</param>
    public async Task<SessionView?> BeginAsync(NpgsqlConnection db, string email, string password, string? address)
    {
        var (token, sha256) = TokenHash.NewToken();
        var outcome = await TryAsync(db, email, password, address, sha256);
        return outcome.ExpiresAt is { } end ? new SessionView(token, end) : null;
    }

    /// <summary>Whether a password is the person's, and the address not locked. A wrong one is counted.</summary>
    public async Task<bool> IsRightAsync(NpgsqlConnection db, string email, string password, string? address) =>
        (await TryAsync(db, email, password, address, session: null)).IsRight;

    /// <summary>Begins a session for a person who has just chosen a password.</summary>
    public static async Task<SessionView> BeginAsync(NpgsqlConnection db, Guid personId, string? address)
    {
        var (token, sha256) = TokenHash.NewToken();
        var expiresAt = await db.ExecuteScalarAsync<DateTime>(
            """
            insert into control.session (sha256, person_id, expires_at, address)
            values (@sha256, @personId, ledger_now() + @time, @address) returning expires_at
            """,
            new { sha256, personId, address, time = Limits.SessionTime });
        return new SessionView(token, expiresAt);
    }

    /// <summary>What failures and requests are counted by: the e-mail address itself is not kept with them.</summary>
    public static byte[] LoginOf(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email));

    /// <summary>What the log calls an e-mail address: stable, and of no use without the key.</summary>
    public static string TagOf(CodeKey key, string email) => Convert.ToHexStringLower(key.OfLogin(0, email))[..TagCharacters];

    private async Task<Outcome> TryAsync(NpgsqlConnection db, string typed, string password, string? address, byte[]? session)
    {
        // What is no e-mail address is counted as it stands, too.
        var email = EmailAddress.TryNormalise(typed, out var normal) ? normal : typed.Trim();
        var person = await db.QuerySingleOrDefaultAsync<Candidate>(
            "select id, password_hash from control.person where email = @email", new { email });
        var isRight = passwords.Verify(person?.PasswordHash, password);
        var tag = TagOf(keys.Current, email);
        var outcome = await db.QuerySingleAsync<Outcome>(Sql, new
        {
            login = LoginOf(email),
            tag,
            address,
            session,
            isRight,
            personId = person?.Id,
            passwordHash = person?.PasswordHash,
            most = Limits.PasswordFailuresMax,
            lockOut = Limits.LockOutTime,
            sessionTime = Limits.SessionTime,
        });
        if (!outcome.IsRight)
        {
            LogFailed(tag, address);
        }

        if (outcome.IsLock)
        {
            LogLocked(tag, outcome.LockedUntil!.Value, outcome.Failures, address);
        }

        return outcome;
    }

    // While an address is locked its failures go on above the bound, so that the failure that locked it can be
    // distinguished from the others.
    private const string Sql = """
        with guard as (
          insert into control.sign_in_guard as g (login, failures, locked_until, changed_at)
          values (@login, case when @isRight then 0 else 1 end, null, ledger_now())
          on conflict (login) do update
          set failures = case
                when g.locked_until > excluded.changed_at then least(g.failures, 1000000) + 1
                when @isRight then 0
                when g.locked_until is not null then 1
                else g.failures + 1
              end,
              locked_until = case
                when g.locked_until > excluded.changed_at then g.locked_until
                when not @isRight and g.locked_until is null and g.failures + 1 >= @most then ledger_now() + @lockOut
              end,
              changed_at = excluded.changed_at
          returning failures, locked_until, @isRight and locked_until is null as is_right,
                    locked_until is not null and failures = @most as is_lock
        ), session as (
          insert into control.session (sha256, person_id, expires_at, address)
          select @session, p.id, ledger_now() + @sessionTime, @address
          from guard, control.person p
          where guard.is_right and @session::bytea is not null and p.id = @personId and p.password_hash = @passwordHash
          returning expires_at
        ), failure as (
          insert into control.sign_in_failure (person_id, login, tag, address, failures, is_lock)
          select @personId, @login, @tag, @address, failures, is_lock from guard where not is_right
        )
        select guard.failures, guard.locked_until, guard.is_right, guard.is_lock, session.expires_at
        from guard left join session on true
        """;

    private sealed record Candidate
    {
        public required Guid Id { get; init; }

        public string? PasswordHash { get; init; }
    }

    private sealed record Outcome
    {
        public required int Failures { get; init; }

        public DateTime? LockedUntil { get; init; }

        public required bool IsRight { get; init; }

        public required bool IsLock { get; init; }

        public DateTime? ExpiresAt { get; init; }
    }

    [LoggerMessage(5650, LogLevel.Information, "A sign-in of {Login} from {Address} failed")]
    private partial void LogFailed(string login, string? address);

    [LoggerMessage(
        5651, LogLevel.Warning,
        "Sign-ins of {Login} are locked until {Until:u} after {Failures} wrong passwords, the last from {Address}")]
    private partial void LogLocked(string login, DateTime until, int failures, string? address);
}
