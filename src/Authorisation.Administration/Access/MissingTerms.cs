using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>
/// The terms that a person has not accepted at an organisation: those of the organisation, for its administrators, and
/// the traveller's own.
/// </summary>
internal static class MissingTerms
{
    private const string Sql = """
        select o.code as operator, d.kind, d.version,
               array(select t.language from control.terms_text t where t.document_id = d.document_id order by t.language) as languages,
               w.by = 1 as by_organisation
        from (values (1::smallint, @organisation::uuid), (2::smallint, @traveller::uuid)) w(by, id)
        join operator o on o.id = @operatorId
        cross join lateral control.terms_in_force(o.id, w.by) d
        where w.id is not null and not exists (
          select from control.terms_acceptance a
          where a.document_id = d.document_id
            and (w.by = 1 and a.organisation_id = w.id or w.by = 2 and a.traveller_id = w.id))
        order by w.by, d.kind
        """;

    /// <summary>Those that are missing; none for operator staff.</summary>
    public static async Task<IReadOnlyList<TermsToAccept>> OfAsync(
        NpgsqlConnection db, int operatorId, Guid organisationId, AccessScope scope)
    {
        if (scope.IsStaff || (scope.Member is null && scope.TravellerId is null))
        {
            return [];
        }

        var rows = await db.QueryAsync<Row>(Sql, new
        {
            operatorId,
            organisation = scope.Member is null ? (Guid?)null : organisationId,
            traveller = scope.TravellerId,
        });
        return [.. rows.Select(row => new TermsToAccept(
            row.Kind,
            row.Version,
            row.Languages,
            $"/v1/operators/{row.Operator}/terms/{row.Kind}/{row.Version}",
            row.ByOrganisation
                ? $"/v1/organisations/{organisationId}/terms-acceptances"
                : $"/v1/travellers/{scope.TravellerId}/terms-acceptances"))];
    }

    private sealed record Row
    {
        public required string Operator { get; init; }

        public required string Kind { get; init; }

        public required string Version { get; init; }

        public required string[] Languages { get; init; }

        public required bool ByOrganisation { get; init; }
    }
}
