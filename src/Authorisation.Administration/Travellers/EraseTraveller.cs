using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>How the erasure of a traveller stands.</summary>
/// <param name="IsErased">Whether it is done; else the nightly work does it once the month is over.</param>
/// <param name="NameKeptUntil">Until when the name stays on what was invoiced; null: it stands on nothing.</param>
internal sealed record ErasureDetails(bool IsErased, DateOnly? NameKeptUntil);

/// <summary>
/// Erases the personal data of a traveller who was removed. It cannot be undone, so it takes two steps, and the address:
/// the traveller is removed first, and the request names the e-mail address that is to be erased.
/// </summary>
internal sealed class EraseTraveller
{
    /// <param name="work">The principal's.</param>
    /// <param name="id">The traveller.</param>
    /// <param name="request">The traveller's e-mail address.</param>
    /// <exception cref="RefusedException">
    /// The traveller cannot be seen or changed, was not removed, or was erased; or the address is another one.
    /// </exception>
    public async Task<ErasureDetails> RunAsync(UnitOfWork work, Guid id, Request<string?> request)
    {
        var (row, scope) = await TravellerRow.GetVisibleOrRemovedAsync(work, id);
        scope.RequireAdministration(row.DepartmentId, id).Require(AdministratorRights.Travellers);
        var fields = new Fields();
        var email = fields.Email("email", request.Read());
        fields.ThrowIfAny();
        await work.Db.ExecuteAsync("select from traveller where id = @id for update", new { id });
        var (isRemoved, isErased) = await work.Db.QuerySingleAsync<(bool, bool)>(
            "select removed_at is not null, erased_at is not null from traveller where id = @id", new { id });
        if (isErased)
        {
            throw new RefusedException(ProblemCode.ErasedAlready, "The traveller's personal data have been erased.");
        }

        if (!isRemoved)
        {
            throw new RefusedException(ProblemCode.NotRemoved, "Remove the traveller first: erasing cannot be undone.");
        }

        if (email != row.Email)
        {
            throw Problems.Field("email", FieldCode.NotPossible, "is not the traveller's e-mail address");
        }

        await work.Db.ExecuteAsync(
            "update traveller set erasure_asked_at = coalesce(erasure_asked_at, ledger_now()) where id = @id", new { id });
        var isDone = await Erasure.TryAsync(work.Db, id);
        await work.AuditAsync(
            isDone ? "traveller.erased" : "traveller.erasure_asked", "traveller:" + id, row.OperatorId, row.OrganisationId,
            row.DepartmentId);
        return new ErasureDetails(isDone, await work.Db.QuerySingleAsync<DateOnly?>(
            "select name_kept_until from traveller where id = @id", new { id }));
    }
}
