using Authorisation.Admin.Web;
using Authorisation.Administration.Rules;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Rules;

/// <summary>The rules on purchases of credits, departments and organisations.</summary>
internal static class RuleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "credit-accounts", "credit_account", RuleOwner.Credit);
        Map(routes, "departments", "department", RuleOwner.Department);
        Map(routes, "organisations", "organisation", RuleOwner.Organisation);
    }

    private static void Map(IEndpointRouteBuilder routes, string path, string name, RuleOwner owner)
    {
        var route = $"/v1/{path}/{{id:guid}}/rules";
        routes.MapGet(route, async (Call call, GetRules get, Guid id) => Shown(await get.RunAsync(call.Work, owner, id)))
            .WithName($"get_{name}_rules").WithTags("rules")
            .Answers<RuleView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapPut(route, async (Call call, SetRules set, Guid id, Body<RuleBody> body) =>
                Shown(await set.RunAsync(call.Work, owner, id, call.Request(body, sent => sent.ToRequest()))))
            .WithName($"set_{name}_rules").WithTags("rules")
            .Answers<RuleView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        routes.MapDelete(route, async (Call call, RemoveRules remove, Guid id) =>
            {
                await remove.RunAsync(call.Work, owner, id, call.Request());
                return Reply.NoContent();
            })
            .WithName($"remove_{name}_rules").WithTags("rules")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status412PreconditionFailed);
    }

    private static Reply Shown(RuleRow row) => Reply.Ok(RuleView.Of(row), row.Revision);
}
