using Authorisation.Core;
using Dapper;

namespace Authorisation.Ledger.Tests.Rules;

/// <summary>Rules, products and departments of an operator, written as the control plane writes them.</summary>
internal static class RuleScene
{
    /// <summary>Sets the rules of an account, a department or, without either, of the operator's organisation.</summary>
    public static Task SetRuleAsync(
        this TestOperator oper, string columns, object values, Guid? department = null, Guid? account = null)
    {
        var names = columns.Split(", ");
        return oper.Ledger.ExecuteAsync(
            $"""
            insert into purchase_rule (id, organisation_id, department_id, account_id, {columns})
            values (gen_random_uuid(), @organisation, @department, @account, {string.Join(", ", names.Select(name => "@" + name))})
            """,
            With(values, new { organisation = oper.OrganisationId, department, account }));
    }

    /// <summary>Takes all rules of the operator's organisation away.</summary>
    public static Task RemoveRulesAsync(this TestOperator oper) => oper.Ledger.ExecuteAsync(
        "delete from purchase_rule where organisation_id = @OrganisationId", new { oper.OrganisationId });

    /// <summary>Adds a product, or changes where it is sold and good.</summary>
    public static Task SetProductAsync(this TestOperator oper, string code, int kind = 1, int soldBy = 1, string[]? zones = null) =>
        oper.Ledger.ExecuteAsync(
            """
            insert into product (operator_id, code, name_sv, name_nb, name_en, kind, zones, traveller_category, vat_basis_points, vat_category, sold_by)
            values (@Id, @code, @code, @code, @code, @kind, @zones, 'adult', 600, 'S', @soldBy)
            on conflict (operator_id, code) do update set sold_by = @soldBy, zones = @zones
            """,
            new { oper.Terms.Id, code, kind, soldBy, zones });

    /// <summary>Puts the operator's department below a new one.</summary>
    public static async Task<Guid> AddParentAsync(this TestOperator oper)
    {
        var parent = await oper.Ledger.Provisioner.AddDepartmentAsync(oper.OrganisationId, "Högst", "KST 1");
        await oper.Ledger.ExecuteAsync(
            "update department set parent_id = @parent where id = @DepartmentId", new { parent, oper.DepartmentId });
        return parent;
    }

    private static DynamicParameters With(object values, object more)
    {
        var all = new DynamicParameters(values);
        all.AddDynamicParams(more);
        return all;
    }
}
