using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Authorisation.Server.Tests.Processes;

/// <summary>
/// Holds what clients were told against what the ledger has, and the ledger against the rule. Written without a line of
/// the code that it checks: the rows are read as they are, and added up here.
/// </summary>
internal static class LedgerAudit
{
    private const string RowsSql = """
        select id, account_id as AccountId, decision, decline_reason as DeclineReason, amount_minor as AmountMinor, hold,
          decided_at as DecidedAt, expires_at as ExpiresAt, credit_month as Month
        from authorisation
        where operator_id = any (@operators)
        """;

    private const string AccountsSql = """
        select id, limit_minor as LimitMinor, spent_minor as SpentMinor, held_minor as HeldMinor, month
        from credit_account
        where operator_id = any (@operators)
        """;

    /// <summary>Checks all of it, and says how many purchases were approved.</summary>
    public static async Task<int> CheckAsync(TestLedger ledger, int[] operators, IReadOnlyCollection<SentPurchase> sent)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<Row>(RowsSql, new { operators })).ToDictionary(row => row.Id);
        var accounts = (await connection.QueryAsync<Account>(AccountsSql, new { operators })).ToList();

        Assert.Equal(sent.Count, rows.Count);
        foreach (var purchase in sent)
        {
            IsAsAnswered(purchase, rows[Guid.Parse(purchase.Request.AuthorisationId)]);
        }

        var rowsOf = rows.Values.ToLookup(row => row.AccountId);
        Assert.All(accounts, account => AddsUp(account, [.. rowsOf[account.Id].OrderBy(row => row.DecidedAt)]));
        return rows.Values.Count(row => row.IsApproved);
    }

    /// <summary>The row is what every answer said, so no two answers said different things.</summary>
    private static void IsAsAnswered(SentPurchase purchase, Row row)
    {
        var request = purchase.Request;
        Assert.Equal((purchase.AccountId, request.AmountMinor, request.Hold), (row.AccountId, row.AmountMinor, row.Hold));
        Assert.NotEmpty(purchase.Answers);
        Assert.All(purchase.Answers, answer => Assert.Equal(
            (request.AuthorisationId, (short)answer.Decision, (short)answer.DeclineReason, Time(answer.DecidedAt), Time(answer.ExpiresAt)),
            (row.Id.ToString(), row.Decision, row.DeclineReason, (DateTime?)row.DecidedAt, row.ExpiresAt)));
        Assert.True(purchase.Answers.Count(answer => !answer.Replayed) <= 1, $"{request.AuthorisationId} was new twice.");
    }

    /// <summary>The balance is the sum of the approvals, and none of them passed the limit when it was given.</summary>
    private static void AddsUp(Account account, IReadOnlyList<Row> rows)
    {
        foreach (var month in rows.GroupBy(row => row.Month))
        {
            var spent = 0L;
            foreach (var moment in month.GroupBy(row => row.DecidedAt))
            {
                // What one batch decided has one moment, and its order is not kept: the sum must fit, in whatever order.
                spent += moment.Where(row => row.IsApproved).Sum(row => row.AmountMinor);
                Assert.True(spent <= account.LimitMinor, $"{account.Id} had {spent} approved of {account.LimitMinor}.");
                Assert.All(moment.Where(row => !row.IsApproved), row => Assert.Equal(
                    ((short)DeclineReason.InsufficientCredit, true),
                    (row.DeclineReason, row.AmountMinor > account.LimitMinor - spent)));
            }

            if (month.Key == account.Month)
            {
                var held = month.Where(row => row.IsApproved && row.Hold).Sum(row => row.AmountMinor);
                Assert.Equal((spent, held), (account.SpentMinor, account.HeldMinor));
            }
        }
    }

    private static DateTime? Time(Timestamp? timestamp) => timestamp?.ToDateTime();

    private sealed record Row(
        Guid Id, Guid AccountId, short Decision, short DeclineReason, long AmountMinor, bool Hold, DateTime DecidedAt,
        DateTime? ExpiresAt, int Month)
    {
        public bool IsApproved => Decision == (short)V1.Decision.Approved;
    }

    private sealed record Account(Guid Id, long LimitMinor, long SpentMinor, long HeldMinor, int Month);
}
