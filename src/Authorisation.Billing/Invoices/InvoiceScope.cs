using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Billing.Invoices;

/// <summary>
/// Which invoices a principal sees. Operator staff: all of the operator's. Administrators with the right to reports:
/// those that are published, of the whole organisation if they administer all of it, else those on which every
/// department is theirs.
/// </summary>
/// <param name="StaffOf">Operators whose invoices are all seen.</param>
/// <param name="Wide">Organisations whose published invoices are all seen.</param>
/// <param name="Narrow">Organisations of which some departments are the principal's.</param>
/// <param name="Departments">Those departments.</param>
internal sealed record InvoiceScope(int[] StaffOf, Guid[] Wide, Guid[] Narrow, Guid[] Departments)
{
    // A department is on the invoice if one of its rows is, also where they come to 0.
    private const string OfDepartments = $"""
        i.organisation_id = any(@Narrow) and {InvoiceHeader.IsPublishedSql} and not exists (
          select from billing_snapshot p
          cross join lateral (
            select from billing.statement_part s
            where s.billing_snapshot_id = p.id and s.month = i.month and s.operator_id = i.operator_id
            offset 0) s
          where p.organisation_id = i.organisation_id and p.billing_reference = i.billing_reference
            and p.department_id <> all(@Departments))
        """;

    /// <summary>
    /// The condition, on <c>i</c>, an invoice, and <c>o</c>, its operator; only with what the principal has, so that an
    /// index is found for it.
    /// </summary>
    public string Sql
    {
        get
        {
            string?[] parts =
            [
                StaffOf.Length > 0 ? "i.operator_id = any(@StaffOf)" : null,
                Wide.Length > 0 ? $"(i.organisation_id = any(@Wide) and {InvoiceHeader.IsPublishedSql})" : null,
                Narrow.Length > 0 ? $"({OfDepartments})" : null,
            ];
            return string.Join(" or ", parts.Where(part => part is not null).DefaultIfEmpty("false"));
        }
    }

    /// <summary>What the principal sees, of one organisation or of all.</summary>
    /// <exception cref="RefusedException">404 for an organisation that is not seen; 403 without the right.</exception>
    public static async Task<InvoiceScope> OfAsync(UnitOfWork work, Guid? organisationId)
    {
        if (organisationId is { } id)
        {
            var operatorId = await work.Db.QuerySingleOrDefaultAsync<int>(
                "select operator_id from organisation where id = @id", new { id });
            var scope = work.Principal.At(operatorId, id).RequireSight().Require(AdministratorRights.Reports);
            return scope.IsStaff ? new([operatorId], [], [], []) : At(id, scope);
        }

        var members = work.Principal.Memberships.Values.Where(
            one => one.Rights.HasFlag(AdministratorRights.Reports)).ToList();
        if (work.Principal.StaffOf.Count == 0 && members.Count == 0)
        {
            throw Problems.Forbidden();
        }

        return new InvoiceScope(
            [.. work.Principal.StaffOf],
            [.. members.Where(one => one.IsOrganisationWide).Select(one => one.OrganisationId)],
            [.. members.Where(one => !one.IsOrganisationWide).Select(one => one.OrganisationId)],
            [.. members.Where(one => !one.IsOrganisationWide).SelectMany(one => one.Departments)]);
    }

    /// <summary>What an administrator sees of an organisation.</summary>
    public static InvoiceScope At(Guid organisationId, AccessScope scope) => scope.IsWide
        ? new([], [organisationId], [], [])
        : new([], [], [organisationId], scope.ListedDepartments ?? []);
}
