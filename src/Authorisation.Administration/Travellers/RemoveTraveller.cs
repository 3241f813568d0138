using Authorisation.Administration.Access;
using Authorisation.Administration.Charges;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>Removes a traveller, whose credits are all taken away and who sees nothing from then on.</summary>
internal sealed class RemoveTraveller(IEnumerable<IEndsWithTraveller> others)
{
    /// <exception cref="RefusedException">
    /// It cannot be seen or changed, was changed by another, or has a credit that is not the principal's to take.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, Guid id, Request request)
    {
        var (row, scope) = await TravellerRow.LockForChangeAsync(work, id);
        scope.Require(AdministratorRights.Travellers);
        request.RequireRevision(row.Revision);
        await work.Db.ExecuteAsync(
            """
            select from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
            where p.traveller_id = @id and a.removed_at is null
            order by a.id for no key update of a
            """,
            new { id });
        var open = (await work.Db.QueryAsync<AccountRow>(
            $"select {AccountRow.Columns} where p.traveller_id = @id and a.removed_at is null order by a.id",
            new { id })).ToList();
        foreach (var account in open)
        {
            scope.RequireCredit(account.DepartmentId);
            await RevokeCredit.ApplyAsync(work, account);
        }

        await work.Db.ExecuteAsync(
            "update traveller set removed_at = ledger_now(), revision = revision + 1 where id = @id", new { id });
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        await PayrollDeductions.DrawTogetherAsync(work.Db, id, await NewCharge.MonthAsync(work.Db, terms));
        foreach (var other in others)
        {
            await other.EndAsync(work, id);
        }

        await TravellerAccess.EndAsync(work.Db, id);
        await work.AuditAsync(
            "traveller.removed", "traveller:" + id, row.OperatorId, row.OrganisationId, row.DepartmentId,
            before: row.Audited());
    }
}
