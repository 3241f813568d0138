using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Sessions;

/// <summary>A session in force.</summary>
internal sealed record SessionRow
{
    public required Guid Id { get; init; }

    public required DateTime MadeAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

    /// <summary>From where it was begun; null when that is not known.</summary>
    public string? Address { get; init; }

    /// <summary>Whether it is the one that asks.</summary>
    public required bool IsCurrent { get; init; }
}

/// <summary>Lists the principal's own sessions in force, in the order of their ids.</summary>
internal sealed class ListSessions
{
    /// <param name="work">The principal's.</param>
    /// <param name="current">The hash of the token that asks; null when it is not known.</param>
    /// <param name="page">Which part.</param>
    public async Task<IReadOnlyList<SessionRow>> RunAsync(UnitOfWork work, byte[]? current, ListPage page) =>
        [.. await work.Db.QueryAsync<SessionRow>(
            """
            select id, made_at, expires_at, address, sha256 = @current as is_current from control.session
            where person_id = @PersonId and ended_at is null and expires_at > ledger_now() and id > @After
            order by id limit @Count
            """,
            new { work.Principal.PersonId, current, page.After, page.Count })];
}
