using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Clients;

/// <summary>A client as the database has it: a validator, a console, the back end of an app, or a ticket system.</summary>
internal sealed record ClientRow
{
    public const string Columns = """
        c.id, o.code as operator, c.operator_id, c.kind, c.name, t.certificate_sha256, t.ended_at is null as is_active
        from client c
        join operator o on o.id = c.operator_id
        join lateral (
          select ended_at, certificate_sha256 from access_token where client_id = c.id
          order by ended_at desc nulls first limit 1) t on true
        """;

    public required long Id { get; init; }

    public required string Operator { get; init; }

    public required int OperatorId { get; init; }

    public required ClientKind Kind { get; init; }

    public required string Name { get; init; }

    public byte[]? CertificateSha256 { get; init; }

    public required bool IsActive { get; init; }

    /// <summary><c>validator</c>, <c>console</c>, <c>app_back_end</c> or <c>ticket_system</c>.</summary>
    public string KindName => Words.Of(Kind);

    /// <summary>The SHA-256 of the certificate that its token is good with, as hex digits; null for any.</summary>
    public string? CertificateHex => CertificateSha256 is null ? null : Convert.ToHexStringLower(CertificateSha256);

    /// <summary><c>active</c>, or <c>ended</c> for good.</summary>
    public string Status => IsActive ? "active" : "ended";

    /// <summary>What the audit trail says of a client.</summary>
    public object Audited() => new { Id, Operator, Kind = KindName, Name, CertificateSha256 = CertificateHex, Status };

    public static async Task<ClientRow?> FindAsync(NpgsqlConnection db, long id) =>
        await db.QuerySingleOrDefaultAsync<ClientRow>($"select {Columns} where c.id = @id", new { id });

    /// <summary>The client, for staff of its operator.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.NotFound"/>.</exception>
    public static async Task<ClientRow> GetVisibleAsync(UnitOfWork work, long id) =>
        await FindAsync(work.Db, id) is { } row && work.Principal.StaffOf.Contains(row.OperatorId)
            ? row
            : throw Problems.NotFound();
}
