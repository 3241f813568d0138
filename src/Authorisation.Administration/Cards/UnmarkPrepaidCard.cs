using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Cards;

/// <summary>Takes the mark of prepaid tickets from a card, which may have credit then.</summary>
internal sealed class UnmarkPrepaidCard
{
    /// <exception cref="RefusedException">
    /// The caller is neither staff of the operator nor its ticket system, a field is wrong, or the card has no mark; or it carries
    /// tickets that were sent to it.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Request<PrepaidCardRequest> request)
    {
        var card = await PrepaidCard.NamedAsync(work, request);
        await Claim.CardAsync(work.Db, card.OperatorId, card.CardNumber);
        if (await CardTickets.HasLiveAsync(work.Db, card.OperatorId, card.CardNumber))
        {
            throw new RefusedException(
                ProblemCode.HasTickets, "The card carries tickets that were sent to it: its mark goes with the last of them.");
        }

        if (await work.Db.ExecuteAsync(
            "delete from prepaid_card where operator_id = @OperatorId and card_number = @CardNumber", card) == 0)
        {
            throw Problems.NotFound();
        }

        await work.AuditAsync("prepaid_card.unmarked", card.Subject, card.OperatorId, before: card.Audited());
    }
}
