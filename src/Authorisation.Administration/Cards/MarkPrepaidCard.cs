using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Cards;

/// <summary>Marks a card as one with prepaid tickets, as the ticket system reports: it gets no credit then.</summary>
internal sealed class MarkPrepaidCard
{
    /// <returns>The card; one that was marked before stays so.</returns>
    /// <exception cref="RefusedException">
    /// The caller is neither staff of the operator nor its ticket system, a field is wrong, or the card has credit.
    /// </exception>
    public async Task<PrepaidCard> RunAsync(UnitOfWork work, Request<PrepaidCardRequest> request)
    {
        var card = await PrepaidCard.NamedAsync(work, request);
        // The operator's row guards its marks: granting a credit locks it shared, so that neither misses the other.
        await work.Db.ExecuteAsync("select from operator where id = @OperatorId for no key update", card);
        if (await work.Db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from credit_account
              where operator_id = @OperatorId and card_number = @CardNumber and removed_at is null)
            """,
            card))
        {
            throw new RefusedException(ProblemCode.HasCredit, "The card has credit, so it cannot carry tickets.");
        }

        var marked = await work.Db.ExecuteAsync(
            """
            insert into prepaid_card as p (operator_id, card_number) values (@OperatorId, @CardNumber)
            -- A mark that came with a ticket does not go with it any more.
            on conflict (operator_id, card_number) do update set came_with_ticket = false where p.came_with_ticket
            """,
            card);
        if (marked > 0)
        {
            await work.AuditAsync("prepaid_card.marked", card.Subject, card.OperatorId, after: card.Audited());
        }

        return card;
    }
}
