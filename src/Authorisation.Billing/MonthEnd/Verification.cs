using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>What a verification found.</summary>
internal sealed record VerificationResult(byte[] Hash, byte[] PreviousHash, long Rows, RowDifference? FirstDifference);

/// <summary>
/// Reads the rows of a closed month again, the way they were read when it was closed, and compares. It reads in pieces
/// and locks nothing. The session's client_encoding has to be UTF8, as it is with Npgsql: digests are of texts as they
/// are sent.
/// </summary>
internal static class Verification
{
    private static readonly string AccountsSql = $"""
        with chosen as materialized (
          select id from (
            (select id from credit_account where operator_id = @operatorId and id > @after order by id limit @count)
            union
            (select account_id from billing.statement
             where operator_id = @operatorId and month = @month and account_id > @after
             order by account_id limit @count)
          ) u
          order by id
          limit @count
        ), {ClosedRows.OfAccounts}
        select c.id, coalesce(s.rows, 0) as rows, sha256(s.seals) as seal,
               case when coalesce(s.seals, ''::bytea) <> coalesce(t.seals, ''::bytea) then coalesce(s.seals, ''::bytea) end as now,
               case when coalesce(s.seals, ''::bytea) <> coalesce(t.seals, ''::bytea) then coalesce(t.seals, ''::bytea) end as then
        from chosen c
        left join sealed s on s.account_id = c.id
        left join lateral (
          select t.seals from billing.statement t
          where t.operator_id = @operatorId and t.month = @month and t.account_id = c.id
          offset 0) t on true
        order by c.id
        """;

    /// <summary>Verifies a month that was closed and sealed.</summary>
    /// <param name="db">Within a separate transaction.</param>
    /// <param name="run">The run that closed the month.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<VerificationResult> CheckAsync(NpgsqlConnection db, MonthEndRun run, CancellationToken stop)
    {
        await db.ExecuteAsync("set local enable_seqscan = off");
        var previous = await MonthEndRun.HashBeforeAsync(db, run.OperatorId, run.ClosedMonth);
        var walk = new Walk(SealChain.Begin(previous, run.OperatorId, run.ClosedMonth.Number));
        await WalkAccountsAsync(db, run, walk, stop);
        foreach (var source in Enum.GetValues<RowSource>())
        {
            await WalkUnassignedAsync(db, run, source, walk, stop);
        }

        return new VerificationResult(
            walk.Hash, previous, walk.Rows, walk.First is { } first ? await NamedAsync(db, first) : null);
    }

    private static async Task WalkAccountsAsync(NpgsqlConnection db, MonthEndRun run, Walk walk, CancellationToken stop)
    {
        var after = Guid.Empty;
        for (var found = Limits.MonthEndChunkAccounts; found == Limits.MonthEndChunkAccounts;)
        {
            stop.ThrowIfCancellationRequested();
            var page = (await db.QueryAsync<(Guid Id, long Rows, byte[]? Seal, byte[]? Now, byte[]? Then)>(
                AccountsSql,
                new { operatorId = run.OperatorId, month = run.Month, after, count = Limits.MonthEndChunkAccounts })).ToList();
            foreach (var (id, rows, seal, now, then) in page)
            {
                walk.Rows += rows;
                walk.Hash = seal is null ? walk.Hash : SealChain.Add(walk.Hash, id, seal);
                if (now is not null && then is not null)
                {
                    walk.First ??= FirstOf(SealChain.Rows(now), SealChain.Rows(then), id);
                }
            }

            found = page.Count;
            after = found > 0 ? page[^1].Id : after;
        }
    }

    private static async Task WalkUnassignedAsync(
        NpgsqlConnection db, MonthEndRun run, RowSource source, Walk walk, CancellationToken stop)
    {
        var after = Guid.Empty;
        for (var found = Limits.MonthEndChunkRows; found == Limits.MonthEndChunkRows;)
        {
            stop.ThrowIfCancellationRequested();
            var page = (await db.QueryAsync<(Guid Id, byte[]? Now, byte[]? Then)>(
                $"""
                select id, r.digest as now, s.digest as then
                from ({ClosedRows.OnNoAccount(source)}) r
                full join (
                  select id, digest from billing.unassigned_seal
                  where operator_id = @operatorId and month = @month and source = {source:D} and id > @afterId
                ) s using (id)
                order by id
                limit @count
                """,
                new { operatorId = run.OperatorId, month = run.Month, afterId = after, count = Limits.MonthEndChunkRows })).ToList();
            foreach (var (id, now, then) in page)
            {
                walk.Rows += now is null ? 0 : 1;
                walk.Hash = now is null ? walk.Hash : SealChain.Add(walk.Hash, id, now);
                if (now is null || then is null || !now.AsSpan().SequenceEqual(then))
                {
                    walk.First ??= new RowDifference(now is null ? "removed" : then is null ? "added" : "changed", null, id, null);
                }
            }

            found = page.Count;
            after = found > 0 ? page[^1].Id : after;
        }
    }

    private static RowDifference FirstOf(
        IEnumerable<(Guid Id, ulong Digest)> now, IEnumerable<(Guid Id, ulong Digest)> then, Guid accountId)
    {
        var known = then.ToList();
        var found = now.ToDictionary(one => one.Id, one => one.Digest);
        foreach (var (id, digest) in known)
        {
            if (!found.Remove(id, out var digestNow))
            {
                return new RowDifference("removed", null, id, accountId);
            }

            if (digestNow != digest)
            {
                return new RowDifference("changed", null, id, accountId);
            }
        }

        return new RowDifference("added", null, found.Keys.First(), accountId);
    }

    private static async Task<RowDifference> NamedAsync(NpgsqlConnection db, RowDifference difference) => difference with
    {
        Table = await db.QuerySingleAsync<string?>(
            """
            select case
              when exists (select from authorisation where id = @Id) then 'authorisation'
              when exists (select from operation where id = @Id) then 'operation'
              when exists (select from billing.charge where id = @Id) then 'charge'
            end
            """,
            new { difference.Id }),
    };

    private sealed class Walk(byte[] hash)
    {
        public byte[] Hash { get; set; } = hash;

        public long Rows { get; set; }

        public RowDifference? First { get; set; }
    }
}
