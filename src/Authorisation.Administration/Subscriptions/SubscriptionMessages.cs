using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Products;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// Sends employees an SMS when their subscriptions are decided. A bound of messages holds an SMS back and no decision: the
/// log has it.
/// </summary>
internal sealed class SubscriptionMessages(Outbox outbox)
{
    /// <summary>It was approved: when it begins, and the link that opens the app.</summary>
    public async Task ApprovedAsync(UnitOfWork work, OperatorTerms terms, SubscriptionRow row)
    {
        var product = (await ProductRow.FindAsync(work.Db, terms.Id, row.Product, SubscriptionMonths.FirstDayOf(row.First)))!;
        var link = await work.Db.ExecuteScalarAsync<string?>("select app_link from operator where id = @Id", new { terms.Id });
        await AddAsync(work, terms, row, MessageKind.SubscriptionApproved, MessageTexts.SubscriptionApproved(
            terms, product.NameIn(terms.Language), SubscriptionMonths.FirstDayOf(row.First), link));
    }

    /// <summary>It was refused, and why.</summary>
    public Task RefusedAsync(UnitOfWork work, OperatorTerms terms, SubscriptionRow row) => AddAsync(
        work, terms, row, MessageKind.SubscriptionRefused, MessageTexts.SubscriptionRefused(terms, row.RefusalReason!));

    private async Task AddAsync(UnitOfWork work, OperatorTerms terms, SubscriptionRow row, MessageKind kind, string text) =>
        await outbox.TryAddAsync(work.Db, new NewMessage(terms, kind, row.Mobile, null, text, Limits.TicketSmsTime)
        {
            OrganisationId = row.OrganisationId,
            TravellerId = row.TravellerId,
        });
}
