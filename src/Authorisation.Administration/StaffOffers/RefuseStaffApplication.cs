using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>Refuses an application for a staff offer, with a reason that the traveller gets.</summary>
internal sealed class RefuseStaffApplication(StaffOfferNews news)
{
    /// <returns>The application as it is now.</returns>
    /// <exception cref="RefusedException">
    /// It cannot be seen or decided on, was decided or changed by another, or the reason is missing.
    /// </exception>
    public async Task<StaffApplicationRow> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var row = await StaffApplicationRow.LockToDecideAsync(work, id, request);
        var fields = new Fields();
        var reason = fields.Required("reason", request.Read(), Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        await work.Db.ExecuteAsync(
            """
            update control.staff_application
            set state = 3, refusal_reason = @reason, decided_at = ledger_now(), revision = revision + 1 where id = @id
            """,
            new { id, reason });
        var after = await row.AuditAsync(work, "staff_application.refused");
        var offer = (await StaffOfferRow.FindAsync(work.Db, row.OfferId))!;
        await news.DecidedAsync(work.Db, await OperatorTerms.GetAsync(work.Db, row.OperatorId), after, offer.Name);
        return after;
    }
}
