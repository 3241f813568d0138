using Dapper;
using Npgsql;

namespace Authorisation.Administration.Terms;

/// <summary>That an organisation or a traveller accepted a document.</summary>
internal sealed record TermsAcceptance
{
    public required long Id { get; init; }

    public required string Kind { get; init; }

    public required string Version { get; init; }

    public required DateTime AcceptedAt { get; init; }

    /// <summary>The e-mail address of the person; null where an app accepted.</summary>
    public string? AcceptedBy { get; init; }

    /// <summary>Those of an organisation or of a traveller, in the order in which they were given.</summary>
    public static async Task<IReadOnlyList<TermsAcceptance>> ListAsync(
        NpgsqlConnection db, Guid? organisationId, Guid? travellerId, long after, int count) =>
        [.. await db.QueryAsync<TermsAcceptance>(
            """
            select a.id, d.kind, d.version, a.accepted_at, p.email as accepted_by
            from control.terms_acceptance a
            join control.terms_document d on d.id = a.document_id
            left join control.person p on p.id = a.person_id
            where (a.organisation_id = @organisationId or a.traveller_id = @travellerId) and a.id > @after
            order by a.id limit @count
            """,
            new { organisationId, travellerId, after, count })];
}
