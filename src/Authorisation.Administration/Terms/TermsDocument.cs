using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Terms;

/// <summary>A document in one language.</summary>
/// <param name="Language"><c>sv</c>, <c>nb</c> or <c>en</c>.</param>
/// <param name="Title">Its title.</param>
/// <param name="Text">All of it, with line breaks.</param>
internal sealed record TermsText(string? Language, string? Title, string? Text);

/// <summary>A document with terms of an operator.</summary>
internal sealed record TermsDocument
{
    /// <summary>The kinds there are.</summary>
    public static readonly string[] Kinds = ["privacy", "travel", "general"];

    /// <summary>Those who accept documents, in the order of their bits.</summary>
    public static readonly string[] Acceptors = ["organisation", "traveller"];

    /// <summary>The languages that a document can be in.</summary>
    public static readonly string[] Languages = ["sv", "nb", "en"];

    private const string Sql = """
        select d.id, d.operator_id, d.kind, d.version, d.valid_from, d.accepted_by,
               d.valid_from > (ledger_now() at time zone o.time_zone)::date as is_coming,
               exists (
                 select from (values (1::smallint), (2::smallint)) b(bit)
                 cross join lateral control.terms_in_force(d.operator_id, b.bit) f
                 where d.accepted_by & b.bit <> 0 and f.document_id = d.id) as is_in_force,
               array(select t.language from control.terms_text t where t.document_id = d.id order by t.language) as written_in
        from control.terms_document d join operator o on o.id = d.operator_id
        """;

    public required long Id { get; init; }

    public required int OperatorId { get; init; }

    public required string Kind { get; init; }

    public required string Version { get; init; }

    public required DateOnly ValidFrom { get; init; }

    public required short AcceptedBy { get; init; }

    public required bool IsComing { get; init; }

    public required bool IsInForce { get; init; }

    public required string[] WrittenIn { get; init; }

    /// <summary><c>coming</c>, <c>in_force</c> or <c>replaced</c>.</summary>
    public string Status => IsComing ? "coming" : IsInForce ? "in_force" : "replaced";

    /// <summary>Who accepts it, in words.</summary>
    public IReadOnlyList<string> AcceptorWords => [.. Acceptors.Where((_, i) => (AcceptedBy & (1 << i)) != 0)];

    /// <summary>What the audit trail says of it.</summary>
    public object Audited() => new { Kind, Version, ValidFrom, AcceptedBy = AcceptorWords, Languages = WrittenIn };

    /// <summary>That of an operator with a kind and a version.</summary>
    public static async Task<TermsDocument?> FindAsync(NpgsqlConnection db, int operatorId, string kind, string version) =>
        await db.QuerySingleOrDefaultAsync<TermsDocument>(
            Sql + " where d.operator_id = @operatorId and d.kind = @kind and d.version = @version",
            new { operatorId, kind, version });

    /// <summary>Those of an operator that are in force or coming, in the order of their days.</summary>
    public static async Task<IReadOnlyList<TermsDocument>> ListAsync(NpgsqlConnection db, int operatorId) =>
        [.. await db.QueryAsync<TermsDocument>(
            $"""
            select * from ({Sql} where d.operator_id = @operatorId) d
            where is_coming or is_in_force order by valid_from, kind, id
            """,
            new { operatorId })];

    /// <summary>What the document says, in each of its languages.</summary>
    public static async Task<IReadOnlyList<TermsText>> TextsAsync(NpgsqlConnection db, long id) =>
        [.. await db.QueryAsync<TermsText>(
            "select language, title, text from control.terms_text where document_id = @id order by language", new { id })];

    /// <summary>Checks that a version is one: letters, digits, points, hyphens and underscores.</summary>
    public static string Versioned(Fields fields, string field, string? version)
    {
        if (version is not { Length: >= 1 and <= Limits.TermsVersionCharactersMax }
            || !version.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            fields.Add(
                field, FieldCode.Malformed,
                $"must be 1 to {Limits.TermsVersionCharactersMax} letters, digits, points, hyphens and underscores, such as 2026-1");
        }

        return version ?? "";
    }

    /// <summary>Checks that a kind is one of those there are.</summary>
    public static string OfKind(Fields fields, string field, string? kind)
    {
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
        {
            fields.AddNotOneOf(field, Kinds);
        }

        return kind ?? "";
    }
}
