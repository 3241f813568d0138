using Authorisation.Admin.Access;
using Authorisation.Admin.Http;
using Dapper;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>Signing out.</summary>
internal static class EndSession
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete("/v1/sessions", EndAsync).WithName("end_session").WithTags("sessions").AnswersNothing();

    private static async Task<Reply> EndAsync(Call call)
    {
        _ = call.Who;
        await call.Db.ExecuteAsync(
            "update control.session set ended_at = ledger_now() where sha256 = @hash",
            new { hash = Access.Sessions.HashOf(call.Http.Request) });
        return Reply.NoContent();
    }
}
