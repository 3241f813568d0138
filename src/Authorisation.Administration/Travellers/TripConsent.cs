using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>What of a traveller's trips the employer sees.</summary>
internal sealed record TripConsentDetails
{
    /// <summary>As the operator has set it.</summary>
    public required TripVisibility Visibility { get; init; }

    /// <summary>Since when the traveller consents; null: not.</summary>
    public DateTime? GivenAt { get; init; }
}

/// <summary>
/// The traveller's consent that the employer sees line, stop, zone, vehicle and time of day of the trips. It counts for
/// what is shown from then on, and is taken back as easily; the traveller alone does either.
/// </summary>
internal sealed class TripConsent
{
    /// <summary>How it stands, for a principal who sees the traveller.</summary>
    /// <exception cref="RefusedException">The traveller cannot be seen.</exception>
    public async Task<TripConsentDetails> GetAsync(UnitOfWork work, Guid travellerId)
    {
        var (row, _) = await TravellerRow.GetVisibleAsync(work, travellerId);
        return await ReadAsync(work, row);
    }

    /// <summary>Gives the consent, or takes it back. Doing so again changes nothing.</summary>
    /// <exception cref="RefusedException">The traveller cannot be seen or is another than the principal.</exception>
    public async Task<TripConsentDetails> SetAsync(UnitOfWork work, Guid travellerId, bool isGiven)
    {
        var (row, scope) = await TravellerRow.GetVisibleAsync(work, travellerId);
        scope.RequireOwn(travellerId);
        if (await work.Db.ExecuteAsync(
            """
            insert into control.traveller_choice as c (traveller_id, trip_consent_at)
            select @travellerId, case when @isGiven then ledger_now() end
            where @isGiven or exists (select from control.traveller_choice where traveller_id = @travellerId)
            on conflict (traveller_id) do update set trip_consent_at = excluded.trip_consent_at
            where (c.trip_consent_at is null) <> (excluded.trip_consent_at is null)
            """,
            new { travellerId, isGiven }) == 1)
        {
            // Not refused for terms that were not accepted: it is the traveller's to take back at any time.
            await work.AuditAsync(
                work.Principal.PersonId, work.Principal.Email,
                isGiven ? "traveller.trip_consent_given" : "traveller.trip_consent_taken_back", "traveller:" + travellerId,
                row.OperatorId, row.OrganisationId, row.DepartmentId);
        }

        return await ReadAsync(work, row);
    }

    private static Task<TripConsentDetails> ReadAsync(UnitOfWork work, TravellerRow row) =>
        work.Db.QuerySingleAsync<TripConsentDetails>(
            """
            select o.trip_visibility as visibility, c.trip_consent_at as given_at
            from operator o left join control.traveller_choice c on c.traveller_id = @Id
            where o.id = @OperatorId
            """,
            row);
}
