using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>Whose data are to be erased, said a second time.</summary>
/// <param name="Email">The traveller's e-mail address.</param>
/// <param name="TravellerId">The traveller's id, for one who has no address.</param>
internal sealed record ErasureRequest(string? Email, Guid? TravellerId);

/// <summary>How the erasure of a traveller stands.</summary>
/// <param name="WaitsFor">What it waits for, until the nightly work does it; nothing: it is done.</param>
/// <param name="NameKeptUntil">Until when the name stays on what was invoiced; null: it stands on nothing.</param>
internal sealed record ErasureDetails(IReadOnlyList<string> WaitsFor, DateOnly? NameKeptUntil);

/// <summary>
/// Erases the personal data of a traveller who was removed. It cannot be undone, so it takes two steps, and the address:
/// the traveller is removed first, and the request names the e-mail address that is to be erased, or the id where there is none.
/// </summary>
internal sealed class EraseTraveller
{
    /// <param name="work">The principal's.</param>
    /// <param name="id">The traveller.</param>
    /// <param name="request">The traveller's e-mail address; the id of one who has none.</param>
    /// <exception cref="RefusedException">
    /// The traveller cannot be seen or changed, was not removed, or was erased; or the address is another one.
    /// </exception>
    public async Task<ErasureDetails> RunAsync(UnitOfWork work, Guid id, Request<ErasureRequest> request)
    {
        var (row, scope) = await TravellerRow.GetVisibleOrRemovedAsync(work, id);
        scope.RequireAdministration(row.DepartmentId, id).Require(AdministratorRights.Travellers);
        var fields = new Fields();
        var asked = request.Read();
        var email = asked is { Email: null, TravellerId: not null } ? null : fields.Email("email", asked.Email);
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

        if (row.Email.Length > 0 && email != row.Email)
        {
            throw Problems.Field("email", FieldCode.NotPossible, "is not the traveller's e-mail address");
        }

        if (row.Email.Length == 0 && asked.TravellerId != id)
        {
            throw Problems.Field(
                "traveller_id", FieldCode.NotPossible, "must be the traveller's id: the traveller has no e-mail address");
        }

        await work.Db.ExecuteAsync(
            "update traveller set erasure_asked_at = coalesce(erasure_asked_at, ledger_now()) where id = @id", new { id });
        var waits = await Erasure.TryAsync(work.Db, id);
        await work.AuditAsync(
            waits.Count == 0 ? "traveller.erased" : "traveller.erasure_asked", "traveller:" + id, row.OperatorId, row.OrganisationId,
            row.DepartmentId);
        return new ErasureDetails(waits, await work.Db.QuerySingleAsync<DateOnly?>(
            "select name_kept_until from traveller where id = @id", new { id }));
    }
}
