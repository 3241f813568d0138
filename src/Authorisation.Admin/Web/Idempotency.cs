using System.Security.Cryptography;
using System.Text;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Web;

/// <summary>
/// The Idempotency-Key of a POST. The same key with the same request gets the answer of the first one.
/// </summary>
internal sealed class Idempotency
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Idempotency-Key";

    private readonly string _owner;
    private readonly string _key;
    // What the request comes to under each key that is accepted; it is kept as the first of them.
    private readonly IReadOnlyList<byte[]> _requests;

    private readonly byte[] _rights;

    private Idempotency(string owner, string key, IReadOnlyList<byte[]> requests, byte[] rights) =>
        (_owner, _key, _requests, _rights) = (owner, key, requests, rights);

    /// <summary>The key of a request; null when it has none, or is no POST.</summary>
    public static Idempotency? KeyOf(HttpContext http, Call call, CodeKeys keys)
    {
        var header = http.Request.Headers[Header];
        if (header.Count == 0 || !HttpMethods.IsPost(http.Request.Method))
        {
            return null;
        }

        var key = header.ToString();
        if (key.Length is 0 or > Limits.IdempotencyKeyCharactersMax || !key.All(static c => c is > ' ' and < '\x7f'))
        {
            throw Problems.Field(Header, FieldCode.Malformed, $"must be 1 to {Limits.IdempotencyKeyCharactersMax} printable characters");
        }

        return new Idempotency(
            OwnerOf(call.Work), key, [.. keys.All.Select(one => HashOf(http, one))], call.Work.PrincipalIfAny?.Digest() ?? []);
    }

    private static string OwnerOf(UnitOfWork work) =>
        work.PrincipalIfAny is { } who ? who.PersonId.ToString("N")
        : work.TicketSystemIfAny is { } system ? FormattableString.Invariant($"client {system.ClientId}")
        : work.PhoneIfAny is { } phone ? $"phone {phone.LinkId} {phone.Mobile}"
        : "at " + work.Address;

    // Under a key: passwords and links that open something are in requests, and are not to be guessed from what is
    // kept.
    private static byte[] HashOf(HttpContext http, CodeKey key)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Requests);
        hash.AppendData(Encoding.UTF8.GetBytes(http.Request.Path + http.Request.QueryString.Value + "\n"));
        hash.AppendData(http.Items[typeof(Body<>)] as byte[] ?? []);
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// The answer that the key got before. Two requests at once follow one another: the key is locked until the call's
    /// transaction ends.
    /// </summary>
    /// <returns>The answer, and whether the caller's rights are still those that it was given under.</returns>
    public async Task<(Reply Reply, bool IsStillRightful)?> FindAsync(NpgsqlConnection db)
    {
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@owner || ' ' || @key, 1))", new { owner = _owner, key = _key });
        // What another call is removing at this moment is left to it, or each would wait for the other's transaction.
        await db.ExecuteAsync(
            """
            delete from control.idempotency where (owner, key) in (
              select owner, key from control.idempotency where made_at < ledger_now() - @age for update skip locked)
            """,
            new { age = Limits.IdempotencyLifetime });
        var kept = await db.QuerySingleOrDefaultAsync<Kept>(
            "select request, status, location, etag, body, secret, rights from control.idempotency where owner = @owner and key = @key",
            new { owner = _owner, key = _key });
        if (kept is null)
        {
            return null;
        }

        if (!_requests.Any(request => request.AsSpan().SequenceEqual(kept.Request)))
        {
            throw new HttpProblemException(StatusCodes.Status422UnprocessableEntity, "key_used_otherwise", "This Idempotency-Key was used with another request; make a new one.");
        }

        var isStillRightful = kept.Rights.AsSpan().SequenceEqual(_rights);
        return kept.Secret && isStillRightful
            ? throw new RefusedException(ProblemCode.ShownBefore, "This was done already, and its answer held a secret that was shown then and is not kept.")
            : (new Reply(kept.Status) { Location = kept.Location, KeptTag = kept.Etag, Text = kept.Body },
                isStillRightful);
    }

    /// <summary>Keeps the answer, with the change itself.</summary>
    public Task KeepAsync(NpgsqlConnection db, Reply reply) => db.ExecuteAsync(
        """
        insert into control.idempotency (owner, key, request, status, location, etag, body, secret, rights)
        values (@owner, @key, @request, @status, @Location, @Tag, @body, @HoldsSecret, @rights)
        """,
        new
        {
            owner = _owner,
            key = _key,
            rights = _rights,
            request = _requests[0],
            status = (short)reply.Status,
            reply.Location,
            reply.Tag,
            body = reply.HoldsSecret ? null : reply.Json,
            reply.HoldsSecret,
        });

    private sealed record Kept(byte[] Request, short Status, string? Location, string? Etag, string? Body, bool Secret, byte[]? Rights);
}
