using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Imports;

/// <summary>The confirmation that the travellers that a whole list does not have are removed.</summary>
/// <param name="Confirmation">What the import shows: it stands for the list that was seen.</param>
/// <param name="Count">How many they are; required where they are more than half of the travellers.</param>
internal sealed record ConfirmRemovalRequest(string? Confirmation, int? Count);

/// <summary>
/// Confirms that the travellers that a whole list does not have are removed, which <see cref="RemoveMissing"/> then does.
/// Nothing is removed by a file alone; and a file that has lost its end takes another look, at how many would go.
/// </summary>
internal sealed class ConfirmRemoval
{
    /// <returns>The import.</returns>
    /// <exception cref="RefusedException">
    /// The import cannot be seen, the right is missing, it is no whole list or not the latest, its rows are still being
    /// applied, it was confirmed already, or a field is wrong.
    /// </exception>
    public async Task<ImportProgress> RunAsync(
        UnitOfWork work, Guid organisationId, Guid id, Request<ConfirmRemovalRequest> request)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleCustomerAsync(work, organisationId);
        await work.Db.ExecuteAsync("select from control.traveller_import where id = @id for no key update", new { id });
        var import = await GetImport.FindVisibleAsync(work, scope, organisationId, id);
        scope.Require(AdministratorRights.Travellers);
        if (import.Removal is not { } removal)
        {
            throw new RefusedException(ProblemCode.NotAWholeList, "It was imported with another mode, and removes nobody.");
        }

        var asked = request.Read();
        Check(removal, asked);
        switch (removal.Status)
        {
            case RemovalStatus.Applying:
                throw new RefusedException(ProblemCode.ImportRunning, "Its rows are still being applied: confirm when it is done.");
            case RemovalStatus.Lapsed:
                throw new RefusedException(
                    ProblemCode.RemovalLapsed,
                    "A later list was imported, or a week has passed: import the list of now, and look at who is missing in it.");
            case RemovalStatus.Removing or RemovalStatus.Done:
                throw new RefusedException(ProblemCode.DecidedAlready, "It was confirmed already.");
        }

        await work.Db.ExecuteAsync(
            """
            update control.traveller_import
            set state = 4, confirmed_by = @PersonId, confirmed_from = @Address, confirmed_at = ledger_now()
            where id = @id
            """,
            new { id, work.Principal.PersonId, work.Address });
        await work.AuditAsync(
            "travellers.removal_confirmed", "traveller_import:" + id, organisation.OperatorId, organisationId,
            after: new { removal.Missing, Of = removal.Travellers });
        return (await ImportProgress.FindAsync(work.Db, organisationId, id))!;
    }

    private static void Check(ImportRemoval removal, ConfirmRemovalRequest asked)
    {
        var fields = new Fields();
        if (string.IsNullOrWhiteSpace(asked.Confirmation))
        {
            fields.Add("confirmation", FieldCode.Required, "is required: what the import shows");
        }
        else if (asked.Confirmation != removal.Confirmation)
        {
            fields.Add("confirmation", FieldCode.NotPossible, "is not this import's: read who is missing, and send what it shows");
        }

        if (asked.Count is null && removal.NeedsCount)
        {
            fields.Add(
                "count", FieldCode.Required,
                $"is required: {removal.Missing} of {removal.Travellers} travellers would be removed, more than half");
        }
        else if (asked.Count is { } count && count != removal.Missing)
        {
            fields.Add("count", FieldCode.NotPossible, $"is not how many would be removed: {removal.Missing}");
        }

        fields.ThrowIfAny();
    }
}
