using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Departments;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Departments;

/// <summary>A department with the billing details that are in force for it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="ParentId">The department above it; the first department has none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">open, or closed for good.</param>
/// <param name="InheritsBilling">
/// Whether its billing details are those of the department above it, or of the organisation.
/// </param>
/// <param name="BillingReference">The reference in force, which its invoices are marked with.</param>
/// <param name="CostCentre">The cost centre in force.</param>
/// <param name="BillingAddress">The address in force.</param>
/// <param name="EInvoiceAddress">The address for e-invoices in force, as <c>scheme:value</c>.</param>
internal sealed record DepartmentView(
    Guid Id,
    Guid OrganisationId,
    Guid? ParentId,
    string Name,
    [AllowedValues("open", "closed")] string Status,
    bool InheritsBilling,
    string BillingReference,
    string? CostCentre,
    PostalAddress? BillingAddress,
    string? EInvoiceAddress);

/// <summary>The tree of an organisation's departments.</summary>
internal static class DepartmentEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/organisations/{id:guid}/departments", ListAsync).WithName("list_departments").WithTags("departments")
            .Answers<Page<DepartmentView>>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPost("/v1/organisations/{id:guid}/departments", AddAsync).WithName("add_department").WithTags("departments")
            .Answers<DepartmentView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity);
        routes.MapGet("/v1/departments/{id:guid}", GetAsync).WithName("get_department").WithTags("departments")
            .Answers<DepartmentView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapPatch("/v1/departments/{id:guid}", ChangeAsync).WithName("change_department").WithTags("departments")
            .Answers<DepartmentView>(
                StatusCodes.Status200OK, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        routes.MapDelete("/v1/departments/{id:guid}", CloseAsync).WithName("close_department").WithTags("departments")
            .AnswersNothing(
                StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict,
                StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Reply> ListAsync(Call call, ListDepartments list, Guid id, [AsParameters] PageQuery page)
    {
        var rows = await list.RunAsync(call.Work, id, page.OfIds);
        return Reply.Ok(Page<DepartmentView>.Of(rows, page.Size, View, one => one.Row.Id));
    }

    private static async Task<Reply> AddAsync(Call call, AddDepartment add, Guid id, Body<NewDepartment> body)
    {
        var department = await add.RunAsync(call.Work, id, Request(call, body));
        return Reply.Created("/v1/departments/" + department.Row.Id, View(department), department.Row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var department = await DepartmentDetails.GetVisibleAsync(call.Work, id);
        return Reply.Ok(View(department), department.Row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, ChangeDepartment change, Guid id, Body<DepartmentChange> body)
    {
        var department = await change.RunAsync(call.Work, id, Request(call, body));
        return Reply.Ok(View(department), department.Row.Revision);
    }

    private static async Task<Reply> CloseAsync(Call call, CloseDepartment close, Guid id)
    {
        await close.RunAsync(call.Work, id, call.Request());
        return Reply.NoContent();
    }

    private static Request<DepartmentRequest> Request<TBody>(Call call, Body<TBody> body)
        where TBody : DepartmentChange => call.Request(body, sent => new DepartmentRequest(
            body.Sent("name", sent.Name),
            body.Sent("parent_id", sent.ParentId),
            sent.InheritsBilling,
            body.Sent("billing_reference", sent.BillingReference),
            body.Sent("cost_centre", sent.CostCentre),
            body.Sent("billing_address", sent.BillingAddress),
            body.Sent("e_invoice_address", sent.EInvoiceAddress)));

    private static DepartmentView View(DepartmentDetails department) => new(
        department.Row.Id,
        department.Row.OrganisationId,
        department.Row.ParentId,
        department.Row.Name,
        department.Status,
        department.Row.InheritsBilling,
        department.Row.BillingReference,
        department.Row.CostCentre,
        department.BillingAddress,
        department.EInvoiceAddress);
}
