using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Budgets;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc;

namespace Authorisation.Admin.Api.Budgets;

/// <summary>A department's monthly budget.</summary>
/// <param name="CeilingMinor">The ceiling of each month, in minor units.</param>
/// <param name="Mode">warn, or decline to have declined what goes beyond it.</param>
internal sealed record BudgetBody(
    [Required, Range(Limits.BudgetMinorMin, Limits.BudgetMinorMax)] long? CeilingMinor,
    [Required, WordsOf<BudgetMode>] string? Mode);

/// <summary>A billing reference's monthly budget.</summary>
/// <param name="BillingReference">One that an open department of the organisation is billed on.</param>
/// <param name="CeilingMinor">The ceiling of each month, in minor units.</param>
/// <param name="Mode">warn, or decline to have declined what goes beyond it.</param>
internal sealed record ReferenceBudgetBody(
    [Required, MaxLength(Limits.BillingReferenceCharactersMax)] string? BillingReference,
    [Required, Range(Limits.BudgetMinorMin, Limits.BudgetMinorMax)] long? CeilingMinor,
    [Required, WordsOf<BudgetMode>] string? Mode);

/// <summary>
/// A monthly budget: over all that is bought on credits, held included, and all that is charged besides.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="DepartmentId">The department, whose budget is that of those below it, too.</param>
/// <param name="BillingReference">The billing reference, where it is no department's.</param>
/// <param name="CeilingMinor">The ceiling of each month, in minor units.</param>
/// <param name="Mode">warn, or decline what goes beyond it.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Month">The month that it is, as YYYY-MM.</param>
/// <param name="SpentMinor">What this month has spent of it, in minor units.</param>
/// <param name="RemainingMinor">What remains, in minor units; below 0 by what went beyond it.</param>
/// <param name="SpentPerCent">How much of the ceiling is spent, in whole per cent, rounded down.</param>
internal sealed record BudgetView(
    Guid Id,
    Guid? DepartmentId,
    string? BillingReference,
    long CeilingMinor,
    [WordsOf<BudgetMode>] string Mode,
    string Currency,
    [Month] string Month,
    long SpentMinor,
    long RemainingMinor,
    long SpentPerCent)
{
    public static BudgetView Of(BudgetRow row) => new(
        row.Id,
        row.DepartmentId,
        row.BillingReference,
        row.CeilingMinor,
        Words.Of(row.Mode),
        row.Currency,
        CreditMonth.FromNumber(row.Month).ToString(),
        row.SpentMinor,
        row.RemainingMinor,
        row.SpentPerCent);
}

/// <summary>Monthly budgets of departments and billing references.</summary>
internal static class BudgetEndpoints
{
    private const string OfDepartment = "/v1/departments/{id:guid}/budget";
    private const string OfOrganisation = "/v1/organisations/{id:guid}/budgets";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(OfDepartment, GetAsync).WithName("get_department_budget").WithTags("budgets")
            .Answers<BudgetView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPut(OfDepartment, SetAsync).WithName("set_department_budget").WithTags("budgets")
            .Answers<BudgetView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        routes.MapDelete(OfDepartment, RemoveAsync).WithName("remove_department_budget").WithTags("budgets")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
        routes.MapGet(OfOrganisation, ListAsync).WithName("list_budgets").WithTags("budgets")
            .Answers<Page<BudgetView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        routes.MapPut(OfOrganisation, SetOfReferenceAsync).WithName("set_reference_budget").WithTags("budgets")
            .Answers<BudgetView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        routes.MapDelete(OfOrganisation, RemoveOfReferenceAsync).WithName("remove_reference_budget").WithTags("budgets")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Reply> GetAsync(Call call, GetDepartmentBudget get, Guid id) =>
        Shown(await get.RunAsync(call.Work, id));

    private static async Task<Reply> SetAsync(Call call, SetDepartmentBudget set, Guid id, Body<BudgetBody> body) =>
        Shown(await set.RunAsync(call.Work, id, call.Request(body, sent => new BudgetRequest(sent.CeilingMinor, sent.Mode))));

    private static async Task<Reply> RemoveAsync(Call call, RemoveDepartmentBudget remove, Guid id)
    {
        await remove.RunAsync(call.Work, id, call.Request());
        return Reply.NoContent();
    }

    private static async Task<Reply> ListAsync(Call call, ListBudgets list, Guid id, [AsParameters] PageQuery page)
    {
        var rows = await list.RunAsync(call.Work, id, page.OfIds);
        return Reply.Ok(Page<BudgetView>.Of(rows, page.Size, BudgetView.Of, row => row.Id));
    }

    private static async Task<Reply> SetOfReferenceAsync(
        Call call, SetReferenceBudget set, Guid id, Body<ReferenceBudgetBody> body) =>
        Shown(await set.RunAsync(call.Work, id, call.Request(
            body, sent => new ReferenceBudgetRequest(sent.BillingReference, new BudgetRequest(sent.CeilingMinor, sent.Mode)))));

    private static async Task<Reply> RemoveOfReferenceAsync(
        Call call, RemoveReferenceBudget remove, Guid id, [FromQuery(Name = "billing_reference")] string? reference)
    {
        await remove.RunAsync(call.Work, id, reference, call.Request());
        return Reply.NoContent();
    }

    private static Reply Shown(BudgetRow row) => Reply.Ok(BudgetView.Of(row), row.Revision);
}
