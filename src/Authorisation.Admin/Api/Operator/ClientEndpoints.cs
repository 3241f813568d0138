using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A client to be added.</summary>
internal sealed record NewClient(string? Operator, string? Kind, string? Name, string? CertificateSha256);

/// <summary>A client; the token is there only in the answer that made it.</summary>
internal sealed record ClientView(
    long Id, string Operator, string Kind, string Name, string? CertificateSha256, string Status, string? Token = null);

/// <summary>Validators, consoles and app back ends.</summary>
internal static class ClientEndpoints
{
    private const string Columns = """
        c.id, o.code as operator, c.operator_id, c.kind, c.name, t.certificate_sha256, t.ended_at is null as is_active
        from client c
        join operator o on o.id = c.operator_id
        join lateral (
          select ended_at, certificate_sha256 from access_token where client_id = c.id
          order by ended_at desc nulls first limit 1) t on true
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/clients", ListAsync).WithName("list_clients").WithTags("clients")
            .Answers<Page<ClientView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapPost("/v1/clients", AddAsync).WithName("add_client").WithTags("clients")
            .Answers<ClientView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/clients/{id:long}", GetAsync).WithName("get_client").WithTags("clients")
            .Answers<ClientView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapDelete("/v1/clients/{id:long}", EndAsync).WithName("end_client").WithTags("clients")
            .AnswersNothing(StatusCodes.Status404NotFound);
    }

    private static async Task<Reply> ListAsync(
        Call call, [AsParameters] PageQuery page, [FromQuery(Name = "operator")] string? @operator)
    {
        var after = page.AfterNumber;
        var operators = await StaffOperators.ListedAsync(call.Work, @operator);
        var rows = (await call.Db.QueryAsync<Row>(
            $"select {Columns} where c.operator_id = any(@operators) and c.id > @after order by c.id limit @count",
            new { operators, after, count = page.Size + 1 })).ToList();
        return Reply.Ok(Page<ClientView>.Of(rows, page.Size, row => View(row), row => row.Id));
    }

    private static async Task<Reply> AddAsync(Call call, Body<NewClient> body)
    {
        StaffOperators.RequireAny(call.Work);
        var sent = body.Value;
        var fields = new Fields();
        var terms = await StaffOperators.NamedAsync(call.Work, fields, sent.Operator);
        var kind = sent.Kind switch
        {
            "validator" => ClientKind.Validator,
            "console" => ClientKind.Console,
            "app_back_end" => ClientKind.AppBackEnd,
            _ => (ClientKind?)null,
        };
        if (kind is null)
        {
            fields.AddNotOneOf("kind", "validator", "console", "app_back_end");
        }

        var name = fields.Required("name", sent.Name, Limits.NameCharactersMax);
        var certificate = Certificate(fields, sent.CertificateSha256);
        fields.ThrowIfAny();
        var (token, sha256) = TokenHash.NewToken();
        var id = await call.Db.ExecuteScalarAsync<long>(
            """
            with added as (
              insert into client (operator_id, kind, name) values (@operatorId, @kind, @name) returning id
            ), token as (
              insert into access_token (sha256, operator_id, client_id, certificate_sha256)
              select @sha256, @operatorId, id, @certificate from added
            )
            select id from added
            """,
            new { operatorId = terms!.Id, kind = (short)kind!, name, sha256, certificate });
        var view = View((await FindAsync(call, id))!);
        await call.Work.AuditAsync("client.added", "client:" + id, terms.Id, after: view);
        return Reply.Created("/v1/clients/" + id, view with { Token = token }) with { HoldsSecret = true };
    }

    private static async Task<Reply> GetAsync(Call call, long id) => Reply.Ok(View(await SeeAsync(call, id)));

    private static async Task<Reply> EndAsync(Call call, long id)
    {
        var row = await SeeAsync(call, id);
        await call.Db.ExecuteAsync(
            "update access_token set ended_at = ledger_now() where client_id = @id and ended_at is null", new { id });
        await call.Work.AuditAsync("client.ended", "client:" + id, row.OperatorId, before: View(row));
        return Reply.NoContent();
    }

    private static async Task<Row> SeeAsync(Call call, long id) =>
        await FindAsync(call, id) is { } row && call.Principal.StaffOf.Contains(row.OperatorId) ? row : throw Problems.NotFound();

    private static async Task<Row?> FindAsync(Call call, long id) =>
        await call.Db.QuerySingleOrDefaultAsync<Row>($"select {Columns} where c.id = @id", new { id });

    private static byte[]? Certificate(Fields fields, string? hex)
    {
        if (string.IsNullOrWhiteSpace(hex))
        {
            return null;
        }

        var digits = hex.Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != 64 || !digits.All(char.IsAsciiHexDigit))
        {
            fields.Add("certificate_sha256", FieldCode.Malformed, "must be the 64 hex digits of a certificate's SHA-256");
            return null;
        }

        return Convert.FromHexString(digits);
    }

    private static ClientView View(Row row) => new(
        row.Id,
        row.Operator,
        row.Kind switch { ClientKind.Validator => "validator", ClientKind.Console => "console", _ => "app_back_end" },
        row.Name,
        row.CertificateSha256 is null ? null : Convert.ToHexStringLower(row.CertificateSha256),
        row.IsActive ? "active" : "ended");

    private sealed record Row
    {
        public required long Id { get; init; }

        public required string Operator { get; init; }

        public required int OperatorId { get; init; }

        public required ClientKind Kind { get; init; }

        public required string Name { get; init; }

        public byte[]? CertificateSha256 { get; init; }

        public required bool IsActive { get; init; }
    }
}
