using Authorisation.Administration.Access;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Npgsql;

namespace Authorisation.Administration.Administrators;

/// <summary>What an administrator is to administer, by what the principal does.</summary>
internal static class AdministratorPlace
{
    /// <summary>Refuses to grant more rights than the principal has, or to manage an administrator with more.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.Forbidden"/>.</exception>
    public static void RequireWithin(AccessScope scope, bool isWide, AdministratorRights rights)
    {
        if (!scope.Has(rights) || (isWide && !scope.IsWide))
        {
            throw Problems.Forbidden();
        }
    }

    /// <summary>The departments that a field names; what is wrong with them is added to the fields.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="fields">Gets what is wrong.</param>
    /// <param name="organisationId">The organisation that they are of.</param>
    /// <param name="scope">What the principal sees there.</param>
    /// <param name="isWide">Whether the whole organisation is to be administered, and no department is named.</param>
    /// <param name="asked">Their ids; null or empty for none.</param>
    public static async Task<IReadOnlyCollection<Guid>> DepartmentsAsync(
        NpgsqlConnection db, Fields fields, Guid organisationId, AccessScope scope, bool isWide,
        IReadOnlyList<Guid>? asked)
    {
        if (isWide)
        {
            if (asked is { Count: > 0 })
            {
                fields.Add(
                    "departments", FieldCode.NotPossible,
                    "must be empty for an administrator of the whole organisation");
            }

            return [];
        }

        if (asked is null or { Count: 0 })
        {
            fields.Add("departments", FieldCode.Required, "must name a department, unless organisation_wide is true");
            return [];
        }

        var departments = asked.Distinct().ToList();
        foreach (var department in departments)
        {
            await DepartmentRow.NamedAsync(db, fields, "departments", department, organisationId, scope);
        }

        return departments;
    }
}
