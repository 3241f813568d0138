using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>Hashes passwords as ASP.NET Core Identity does, and gives people new ones.</summary>
internal sealed class Passwords
{
    private const int RandomLength = 20;

    private readonly PasswordHasher<Passwords> _hasher;
    private readonly Lazy<string> _nobodys;

    /// <summary>
    /// Hashes as strongly as the options say, which is what ASP.NET Core Identity does where they say nothing.
    /// </summary>
    public Passwords(IOptions<PasswordHasherOptions>? options = null)
    {
        _hasher = new PasswordHasher<Passwords>(options);
        _nobodys = new Lazy<string>(() => _hasher.HashPassword(this, Guid.NewGuid().ToString()));
    }

    /// <summary>A generated password, without letters that look like digits or each other.</summary>
    public static string Random() =>
        RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", RandomLength);

    public string Hash(string password) => _hasher.HashPassword(this, password);

    /// <summary>
    /// Whether the password is the one of the hash. Without a hash the answer is no, and it takes as long as with one.
    /// </summary>
    public bool Verify(string? hash, string password)
    {
        var isRight = _hasher.VerifyHashedPassword(this, hash ?? _nobodys.Value, password) != PasswordVerificationResult.Failed;
        return isRight && hash is not null;
    }

    /// <summary>What is wrong with a password for a person, by what is known of the person.</summary>
    public static async Task<PasswordFault> FaultOfAsync(NpgsqlConnection db, Guid personId, string? password)
    {
        var own = await db.QueryAsync<string?>(
            """
            select email from control.person where id = @personId
            union all select name from control.person where id = @personId
            union all select invited_name from control.administrator where person_id = @personId
            union all
            select g.name from control.administrator a join organisation g on g.id = a.organisation_id where a.person_id = @personId
            union all
            select unnest(array[t.name, g.name])
            from control.traveller_access x join traveller t on t.id = x.traveller_id join organisation g on g.id = x.organisation_id
            where x.person_id = @personId
            union all
            select unnest(array[o.name, o.code]) from operator o
            where o.id in (select operator_id from control.staff where person_id = @personId)
               or o.id in (
                 select g.operator_id from control.administrator a join organisation g on g.id = a.organisation_id
                 where a.person_id = @personId)
               or o.id in (
                 select g.operator_id from control.traveller_access x join organisation g on g.id = x.organisation_id
                 where x.person_id = @personId)
            """,
            new { personId });
        return NewPassword.FaultOf(password, own);
    }

    /// <summary>
    /// Gives a person a new password. Every session that was begun with an older one ends, and so do links to choose
    /// another and a lock-out; the audit trail has a line wherever the person is known.
    /// </summary>
    /// <param name="db">Within a transaction.</param>
    /// <param name="personId">The person.</param>
    /// <param name="password">The password; it has been checked.</param>
    /// <param name="action">What the audit trail calls it.</param>
    /// <param name="by">The person who does it; null for the operator's command.</param>
    /// <param name="address">From where.</param>
    /// <returns>How many sessions ended.</returns>
    public async Task<int> SetAsync(
        NpgsqlConnection db, Guid personId, string password, string action, Guid? by, string? address)
    {
        await db.ExecuteAsync(
            """
            update control.person set password_hash = @hash where id = @personId;
            update control.password_link set ended_at = ledger_now()
            where person_id = @personId and used_at is null and ended_at is null;
            delete from control.sign_in_guard
            where login = (select sha256(convert_to(email, 'UTF8')) from control.person where id = @personId)
            """,
            new { personId, hash = Hash(password) });
        var ended = await db.ExecuteAsync(
            """
            update control.session set ended_at = ledger_now()
            where person_id = @personId and ended_at is null and expires_at > ledger_now()
            """,
            new { personId });
        await db.ExecuteAsync(
            """
            insert into control.audit_entry
              (operator_id, organisation_id, person_id, person_email, address, action, subject, after)
            select place.operator_id, place.organisation_id, @by, case when @by is null then '' else p.email end, @address, @action,
                   'person:' || p.id, jsonb_build_object('email', p.email, 'sessions_ended', @ended)
            from control.person p join control.place_of_person place on place.person_id = p.id
            where p.id = @personId
            """,
            new { personId, by, address, action, ended });
        return ended;
    }
}
