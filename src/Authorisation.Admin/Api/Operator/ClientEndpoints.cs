using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Clients;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Operator;

/// <summary>A client to be added.</summary>
/// <param name="Operator">The operator's code; staff of one operator only need not say it.</param>
/// <param name="Kind">
/// validator, console, app_back_end or ticket_system, of which the last calls this API and not the other plane.
/// </param>
/// <param name="Name">What staff and administrators see it called.</param>
/// <param name="CertificateSha256">
/// The SHA-256 of the TLS certificate that the token is good with, as 64 hex digits with or without colons; with any
/// unless given.
/// </param>
internal sealed record NewClient(
    [MaxLength(Limits.OperatorCodeCharactersMax)] string? Operator,
    [Required, WordsOf<ClientKind>] string? Kind,
    [Required, MaxLength(Limits.NameCharactersMax)] string? Name,
    [MaxLength(Limits.CertificateHashCharactersMax)] string? CertificateSha256);

/// <summary>A client.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="Kind">validator, console, app_back_end or ticket_system.</param>
/// <param name="Name">Its name.</param>
/// <param name="CertificateSha256">
/// The SHA-256 of the certificate that its token is good with, as 64 hex digits.
/// </param>
/// <param name="Status">active, or ended for good.</param>
/// <param name="Token">What it calls with; only in the answer that made it.</param>
internal sealed record ClientView(
    long Id,
    string Operator,
    [WordsOf<ClientKind>] string Kind,
    string Name,
    string? CertificateSha256,
    [AllowedValues("active", "ended")] string Status,
    string? Token = null);

/// <summary>Validators, consoles, app back ends and ticket systems.</summary>
internal static class ClientEndpoints
{
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
        Call call, ListClients list, [AsParameters] PageQuery page, [FromQuery(Name = "operator")] string? @operator)
    {
        var rows = await list.RunAsync(call.Work, @operator, page.AfterNumber, page.Size + 1);
        return Reply.Ok(Page<ClientView>.Of(rows, page.Size, row => View(row), row => row.Id));
    }

    private static async Task<Reply> AddAsync(Call call, RegisterClient register, Body<NewClient> body)
    {
        var (row, token) = await register.RunAsync(call.Work, call.Request(body, sent =>
            new RegisterClientRequest(sent.Operator, sent.Kind, sent.Name, sent.CertificateSha256)));
        return Reply.Created("/v1/clients/" + row.Id, View(row, token)) with { HoldsSecret = true };
    }

    private static async Task<Reply> GetAsync(Call call, long id) =>
        Reply.Ok(View(await ClientRow.GetVisibleAsync(call.Work, id)));

    private static async Task<Reply> EndAsync(Call call, EndClient end, long id)
    {
        await end.RunAsync(call.Work, id);
        return Reply.NoContent();
    }

    private static ClientView View(ClientRow row, string? token = null) =>
        new(row.Id, row.Operator, row.KindName, row.Name, row.CertificateHex, row.Status, token);
}
