using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

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

    private static async Task<Reply> ListAsync(Call call, Guid id, [AsParameters] PageQuery page)
    {
        var (organisation, scope) = await OrganisationRow.GetVisibleAsync(call.Work, id);
        var all = await DepartmentRow.AllOfAsync(call.Db, id);
        var rows = all.Values
            .Where(row => row.Id.CompareTo(page.AfterId) > 0 && row.ClosedAt is null && scope.Sees(row.Id))
            .OrderBy(row => row.Id).Take(page.Size + 1).ToList();
        return Reply.Ok(Page<DepartmentView>.Of(rows, page.Size, row => View(row, all, organisation), row => row.Id));
    }

    private static async Task<Reply> AddAsync(Call call, Guid id, Body<NewDepartment> body)
    {
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(call.Work, id);
        scope.RequireWide();
        var all = await DepartmentRow.AllOfAsync(call.Db, id);
        var top = all.Values.Where(one => one.ParentId is null).MinBy(one => one.Id);
        var row = Apply(body.Value, body.Has, all, organisation, new DepartmentRow
        {
            Id = Guid.CreateVersion7(),
            OrganisationId = id,
            OperatorId = organisation.OperatorId,
            ParentId = top?.Id,
            Name = "",
            BillingReference = "",
            InheritsBilling = !body.Value.BillingReferenceIsGiven(),
            Revision = 1,
        });
        await call.Db.ExecuteAsync(
            """
            insert into department
              (id, organisation_id, parent_id, name, billing_reference, cost_centre, inherits_billing, billing_address,
               e_invoice_address)
            values
              (@Id, @OrganisationId, @ParentId, @Name, @BillingReference, @CostCentre, @InheritsBilling,
               @BillingAddress::jsonb, @EInvoiceAddress)
            """,
            row);
        var view = await ViewAsync(call.Db, row.Id, organisation);
        await call.Work.AuditAsync(
            "department.added", "department:" + row.Id, row.OperatorId, id, row.Id, after: view);
        return Reply.Created("/v1/departments/" + row.Id, view, row.Revision);
    }

    private static async Task<Reply> GetAsync(Call call, Guid id)
    {
        var (row, _) = await DepartmentRow.GetVisibleAsync(call.Work, id);
        return Reply.Ok(await ViewAsync(call.Db, id, (await OrganisationRow.FindAsync(call.Db, row.OrganisationId))!), row.Revision);
    }

    private static async Task<Reply> ChangeAsync(Call call, Guid id, Body<DepartmentChange> body)
    {
        var (row, scope) = await DepartmentRow.LockForChangeAsync(call.Work, id);
        scope.RequireWide();
        call.RequireMatch(row.Revision);
        RequireOpen(row);
        var organisation = (await OrganisationRow.FindAsync(call.Db, row.OrganisationId))!;
        var before = await ViewAsync(call.Db, id, organisation);
        var all = await DepartmentRow.AllOfAsync(call.Db, row.OrganisationId);
        var changed = Apply(body.Value, body.Has, all, organisation, row);
        await call.Db.ExecuteAsync(
            """
            update department
            set name = @Name, parent_id = @ParentId, inherits_billing = @InheritsBilling,
                billing_reference = @BillingReference, cost_centre = @CostCentre,
                billing_address = @BillingAddress::jsonb, e_invoice_address = @EInvoiceAddress, revision = revision + 1
            where id = @Id
            """,
            changed);
        await BillingDetails.RefreshAsync(call.Work, organisation);
        var after = await ViewAsync(call.Db, id, organisation);
        await call.Work.AuditAsync("department.changed", "department:" + id, row.OperatorId, row.OrganisationId, id, before, after);
        return Reply.Ok(after, (await DepartmentRow.FindAsync(call.Db, id))!.Revision);
    }

    private static async Task<Reply> CloseAsync(Call call, Guid id)
    {
        var (row, scope) = await DepartmentRow.LockForChangeAsync(call.Work, id);
        scope.RequireWide();
        call.RequireMatch(row.Revision);
        RequireOpen(row);
        if (row.ParentId is null)
        {
            throw new RefusedException(ProblemCode.FirstDepartment, "The first department cannot be closed.");
        }

        var inside = await call.Db.ExecuteScalarAsync<bool>(
            """
            select exists (select from department where parent_id = @id and closed_at is null)
              or exists (select from traveller where department_id = @id and removed_at is null)
              or exists (
                select from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
                where p.department_id = @id and a.removed_at is null)
            """,
            new { id });
        if (inside)
        {
            throw new RefusedException(ProblemCode.NotEmpty, "The department has departments below it, travellers or credits: move or remove them first.");
        }

        await call.Db.ExecuteAsync(
            "update department set closed_at = ledger_now(), revision = revision + 1 where id = @id", new { id });
        await call.Work.AuditAsync("department.closed", "department:" + id, row.OperatorId, row.OrganisationId, id);
        return Reply.NoContent();
    }

    private static DepartmentRow Apply(
        DepartmentChange sent, Func<string, bool> has, IReadOnlyDictionary<Guid, DepartmentRow> all, OrganisationRow organisation,
        DepartmentRow row)
    {
        var fields = new Fields();
        var isNew = row.Name.Length == 0;
        var changed = row with
        {
            Name = isNew || has("name") ? fields.Required("name", sent.Name, Limits.NameCharactersMax) : row.Name,
            ParentId = has("parent_id") ? Parent(fields, sent.ParentId, all, row) : row.ParentId,
            InheritsBilling = sent.InheritsBilling ?? (row.InheritsBilling && !sent.BillingReferenceIsGiven()),
        };
        var own = changed.InheritsBilling
            ? null
            : has("billing_reference") || row.InheritsBilling || isNew
                ? fields.Required("billing_reference", sent.BillingReference, Limits.BillingReferenceCharactersMax)
                : row.BillingReference;
        var costCentre = has("cost_centre")
            ? fields.Optional("cost_centre", sent.CostCentre, Limits.CostCentreCharactersMax)
            : row.InheritsBilling ? null : row.CostCentre;
        if (changed.InheritsBilling && sent.HasOwnBilling())
        {
            fields.Add("inherits_billing", FieldCode.NotPossible, "must be false for billing details of the department's own");
        }

        var address = has("billing_address") ? PostalAddress.Write(PostalAddress.Check(fields, "billing_address", sent.BillingAddress)) : row.BillingAddress;
        var eInvoice = has("e_invoice_address")
            ? fields.ElectronicAddress("e_invoice_address", sent.EInvoiceAddress)?.ToString() : row.EInvoiceAddress;
        fields.ThrowIfAny();
        var inherited = Inherited(changed, all, organisation);
        return changed with
        {
            BillingReference = own ?? inherited.Reference,
            CostCentre = changed.InheritsBilling ? inherited.CostCentre : costCentre,
            BillingAddress = changed.InheritsBilling ? null : address,
            EInvoiceAddress = changed.InheritsBilling ? null : eInvoice,
        };
    }

    private static (string Reference, string? CostCentre) Inherited(
        DepartmentRow row, IReadOnlyDictionary<Guid, DepartmentRow> all, OrganisationRow organisation) =>
        BillingDetails.InForce(row.ParentId is { } parent ? BillingDetails.SourceOf(all[parent], all) : null, organisation);

    private static Guid? Parent(Fields fields, Guid? sent, IReadOnlyDictionary<Guid, DepartmentRow> all, DepartmentRow row)
    {
        if (sent is not { } parent)
        {
            if (row.ParentId is not null)
            {
                fields.Add("parent_id", FieldCode.NotPossible, "cannot be null: the first department is above all others");
            }

            return row.ParentId;
        }

        if (!all.TryGetValue(parent, out var above) || above.ClosedAt is not null)
        {
            fields.Add("parent_id", FieldCode.NotFound, "must be an open department of the organisation");
            return row.ParentId;
        }

        for (var at = above; at is not null; at = at.ParentId is { } next ? all[next] : null)
        {
            if (at.Id == row.Id)
            {
                fields.Add("parent_id", FieldCode.NotPossible, "cannot be the department itself or one below it");
                return row.ParentId;
            }
        }

        return parent;
    }

    private static void RequireOpen(DepartmentRow row)
    {
        if (row.ClosedAt is not null)
        {
            throw new RefusedException(ProblemCode.Closed, "The department is closed.");
        }
    }

    private static async Task<DepartmentView> ViewAsync(NpgsqlConnection db, Guid id, OrganisationRow organisation)
    {
        var all = await DepartmentRow.AllOfAsync(db, organisation.Id);
        return View(all[id], all, organisation);
    }

    private static DepartmentView View(
        DepartmentRow row, IReadOnlyDictionary<Guid, DepartmentRow> all, OrganisationRow organisation)
    {
        var source = BillingDetails.SourceOf(row, all);
        return new DepartmentView(
            row.Id,
            row.OrganisationId,
            row.ParentId,
            row.Name,
            row.ClosedAt is null ? "open" : "closed",
            row.InheritsBilling,
            row.BillingReference,
            row.CostCentre,
            PostalAddress.Read(source is null ? organisation.BillingAddress : source.BillingAddress ?? organisation.BillingAddress),
            source is null ? organisation.EInvoiceAddress : source.EInvoiceAddress ?? organisation.EInvoiceAddress);
    }

    private static bool HasOwnBilling(this DepartmentChange body) => body.BillingReferenceIsGiven()
        || !string.IsNullOrWhiteSpace(body.CostCentre) || body.BillingAddress is not null || body.EInvoiceAddress is not null;

    private static bool BillingReferenceIsGiven(this DepartmentChange body) => !string.IsNullOrWhiteSpace(body.BillingReference);
}
