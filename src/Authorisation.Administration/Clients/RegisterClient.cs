using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;

namespace Authorisation.Administration.Clients;

/// <summary>A client to be registered.</summary>
/// <param name="Operator">The operator's code; staff of one operator only need not say it.</param>
/// <param name="Kind"><c>validator</c>, <c>console</c>, <c>app_back_end</c> or <c>ticket_system</c>.</param>
/// <param name="Name">What it is called.</param>
/// <param name="CertificateSha256">
/// The SHA-256 of the TLS certificate that the token is good with, as 64 hex digits with or without colons; any unless
/// given.
/// </param>
internal sealed record RegisterClientRequest(string? Operator, string? Kind, string? Name, string? CertificateSha256);

/// <summary>Registers a client of an operator, and makes the token that it calls with.</summary>
internal sealed class RegisterClient
{
    private const int CertificateDigits = 64;

    /// <returns>The client and its token, which is shown here only.</returns>
    /// <exception cref="RefusedException">The principal is no staff of the operator, or a field is wrong.</exception>
    public async Task<(ClientRow Row, string Token)> RunAsync(UnitOfWork work, Request<RegisterClientRequest> request)
    {
        StaffOperators.RequireAny(work);
        var asked = request.Read();
        var fields = new Fields();
        var terms = await StaffOperators.NamedAsync(work, fields, asked.Operator);
        var kind = Kind(fields, asked.Kind);
        var name = fields.Required("name", asked.Name, Limits.NameCharactersMax);
        var certificate = Certificate(fields, asked.CertificateSha256);
        if (kind == ClientKind.TicketSystem && certificate is not null)
        {
            fields.Add(
                "certificate_sha256", FieldCode.NotPossible,
                "must be absent for a ticket system: it calls the control plane, which asks for no certificate");
        }

        fields.ThrowIfAny();
        var (token, sha256) = TokenHash.NewToken();
        var id = await work.Db.ExecuteScalarAsync<long>(
            """
            with added as (
              insert into client (operator_id, kind, name) values (@operatorId, @kind, @name) returning id
            ), token as (
              insert into access_token (sha256, operator_id, client_id, certificate_sha256)
              select @sha256, @operatorId, id, @certificate from added
            )
            select id from added
            """,
            new { operatorId = terms!.Id, kind = (short)kind, name, sha256, certificate });
        var row = (await ClientRow.FindAsync(work.Db, id))!;
        await work.AuditAsync("client.added", "client:" + id, row.OperatorId, after: row.Audited());
        return (row, token);
    }

    private static ClientKind Kind(Fields fields, string? name)
    {
        var kind = Enum.GetValues<ClientKind>().FirstOrDefault(one => Words.Of(one) == name);
        if (kind == default)
        {
            fields.AddNotOneOf("kind", [.. Enum.GetValues<ClientKind>().Select(Words.Of)]);
        }

        return kind;
    }

    private static byte[]? Certificate(Fields fields, string? hex)
    {
        if (string.IsNullOrWhiteSpace(hex))
        {
            return null;
        }

        var digits = hex.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != CertificateDigits || !digits.All(char.IsAsciiHexDigit))
        {
            fields.Add(
                "certificate_sha256", FieldCode.Malformed, "must be the 64 hex digits of a certificate's SHA-256");
            return null;
        }

        return Convert.FromHexString(digits);
    }
}
