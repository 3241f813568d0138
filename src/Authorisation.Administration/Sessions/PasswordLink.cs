using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Sessions;

/// <summary>A link to choose a password that is in force.</summary>
internal sealed record PasswordLink
{
    public required byte[] Sha256 { get; init; }

    public required Guid PersonId { get; init; }

    public required string Email { get; init; }

    /// <summary>The link of a token, to be looked at.</summary>
    /// <exception cref="RefusedException">
    /// There is none, or it was used, has lapsed or was ended by a new password.
    /// </exception>
    public static Task<PasswordLink> GetAsync(UnitOfWork work, string token) => FindAsync(work, token, "");

    /// <summary>As <see cref="GetAsync"/>, to use it: it is locked, so that it is used once.</summary>
    public static Task<PasswordLink> LockForChangeAsync(UnitOfWork work, string token) =>
        FindAsync(work, token, "for no key update of l");

    /// <summary>Makes a link for a person.</summary>
    /// <returns>Its token, which is not kept.</returns>
    public static async Task<string> NewAsync(NpgsqlConnection db, Guid personId, TimeSpan lifetime)
    {
        var (token, sha256) = TokenHash.NewToken();
        await db.ExecuteAsync(
            """
            insert into control.password_link (sha256, person_id, expires_at)
            values (@sha256, @personId, ledger_now() + @lifetime)
            """,
            new { sha256, personId, lifetime });
        return token;
    }

    private static async Task<PasswordLink> FindAsync(UnitOfWork work, string token, string locking) =>
        (token.Length > TokenHash.TokenCharactersMax ? null : await work.Db.QuerySingleOrDefaultAsync<PasswordLink>(
            $"""
            select l.sha256, l.person_id, p.email
            from control.password_link l join control.person p on p.id = l.person_id
            where l.sha256 = @sha256 and l.used_at is null and l.ended_at is null and l.expires_at > ledger_now()
            {locking}
            """,
            new { sha256 = TokenHash.Sha256Of(token) })) ?? throw Problems.NotFound();
}
