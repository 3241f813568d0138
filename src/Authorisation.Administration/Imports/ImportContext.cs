using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Imports;

/// <summary>What rows of a file are checked against, read once for all of them.</summary>
internal sealed record ImportContext(
    OperatorTerms Terms,
    OrganisationRow Organisation,
    AccessScope Scope,
    IReadOnlyList<DepartmentRow> Departments,
    IReadOnlyDictionary<string, KnownTraveller> Travellers,
    IReadOnlyDictionary<string, Guid> MobilesInUse)
{
    public static async Task<ImportContext> ReadAsync(
        NpgsqlConnection db, OperatorTerms terms, OrganisationRow organisation, AccessScope scope)
    {
        var travellers = await db.QueryAsync<KnownTraveller>(
            """
            select t.id, t.email, t.department_id, t.mobile, t.is_shared,
                   coalesce(sum(a.limit_minor) filter (where a.kind = 1), 0)::bigint as other_limits_minor,
                   (array_agg(p.department_id) filter (where a.kind = 2))[1] as app_department_id,
                   max(a.limit_minor) filter (where a.kind = 2) as app_limit_minor,
                   coalesce(bool_or(a.id is not null and p.department_id = t.department_id), false) as takes_credit_along
            from traveller t
            left join billing_snapshot p on p.traveller_id = t.id
            left join credit_account a on a.billing_snapshot_id = p.id and a.removed_at is null
            where t.organisation_id = @Id and t.removed_at is null and t.department_id is not null
            group by t.id
            """,
            new { organisation.Id });
        var mobiles = await db.QueryAsync<(string Mobile, Guid Traveller)>(
            """
            select a.mobile, p.traveller_id
            from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
            where a.operator_id = @operatorId and a.mobile is not null and a.removed_at is null
            """,
            new { operatorId = terms.Id });
        return new ImportContext(
            terms,
            organisation,
            scope,
            await DepartmentRow.OpenAsync(db, organisation.Id, scope),
            travellers.ToDictionary(one => one.Email, StringComparer.Ordinal),
            mobiles.ToDictionary(one => one.Mobile, one => one.Traveller, StringComparer.Ordinal));
    }
}

/// <summary>A traveller that the organisation has already.</summary>
internal sealed record KnownTraveller
{
    public required Guid Id { get; init; }

    public required string Email { get; init; }

    public Guid? DepartmentId { get; init; }

    public string? Mobile { get; init; }

    public required bool IsShared { get; init; }

    public required long OtherLimitsMinor { get; init; }

    /// <summary>The department that pays for the open app credit; null when there is none.</summary>
    public Guid? AppDepartmentId { get; init; }

    /// <summary>The limit of the open app credit; null when there is none.</summary>
    public long? AppLimitMinor { get; init; }

    /// <summary>
    /// Whether the traveller's own department pays for open credit, which would go along to another one.
    /// </summary>
    public required bool TakesCreditAlong { get; init; }
}
