using Authorisation.Administration.Access;
using Authorisation.Administration.Events;
using Authorisation.Administration.Travellers;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// Ends a subscription, on any day, by the employee or an administrator: it goes on to the end of the month that it is.
/// One that has not begun never does.
/// </summary>
internal sealed class EndSubscription : IEndsWithTraveller
{
    /// <returns>The subscription as it is now; one that was ended before stays as it is.</returns>
    /// <exception cref="RefusedException">It cannot be seen or changed, was changed by another, or was refused.</exception>
    public async Task<SubscriptionRow> RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var row = await SubscriptionRow.LockForChangeAsync(work, id);
        request.RequireRevision(row.Revision);
        if (row.State == SubscriptionState.Withdrawn || row.LastMonth is not null)
        {
            return row;
        }

        SubscriptionDecision.RequireLive(row);
        return await ApplyAsync(work, row);
    }

    /// <inheritdoc/>
    public async Task EndAsync(UnitOfWork work, Guid travellerId)
    {
        foreach (var row in await work.Db.QueryAsync<SubscriptionRow>(
            $"""
            select {SubscriptionRow.Columns}
            where s.traveller_id = @travellerId and s.state in (1, 2) and s.last_month is null
            order by s.id for no key update of s
            """,
            new { travellerId }))
        {
            await ApplyAsync(work, row);
        }
    }

    private static async Task<SubscriptionRow> ApplyAsync(UnitOfWork work, SubscriptionRow row)
    {
        var last = row.State == SubscriptionState.Approved ? SubscriptionMonths.LastWhenEnded(row.First, row.Current) : null;
        await work.Db.ExecuteAsync(
            last is null
                ? "update control.subscription set state = 4, announced_month = 0, revision = revision + 1 where id = @Id"
                : """
                  update control.subscription
                  set last_month = @last, announced_month = least(announced_month, @last), revision = revision + 1
                  where id = @Id
                  """,
            new { row.Id, last = last?.Number });
        var after = await SubscriptionDecision.AuditAsync(work, row, "subscription.ended");
        // The ticket system was asked for the month after already.
        if (row.AnnouncedMonth > (last ?? default).Number)
        {
            await EventOutbox.AddAsync(work.Db, SubscriptionNews.Withdrawn(after, CreditMonth.FromNumber(row.AnnouncedMonth)));
        }

        return after;
    }
}
