using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Operators;

/// <summary>Which operator an operation of operator staff is about.</summary>
internal static class StaffOperators
{
    /// <summary>Refuses a principal that is staff of no operator.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.Forbidden"/>.</exception>
    public static void RequireAny(UnitOfWork work)
    {
        if (work.Principal.StaffOf.Count == 0)
        {
            throw Problems.Forbidden();
        }
    }

    /// <summary>The operators that a list is of: the named one, or all that the principal is staff of.</summary>
    /// <exception cref="RefusedException">The principal is no staff, or not of the named operator.</exception>
    public static async Task<int[]> ListedAsync(UnitOfWork work, string? code)
    {
        RequireAny(work);
        if (code is null)
        {
            return [.. work.Principal.StaffOf];
        }

        var fields = new Fields();
        var terms = await NamedAsync(work, fields, code);
        fields.ThrowIfAny();
        return [terms!.Id];
    }

    /// <summary>
    /// The operator that a field names; staff of one operator only need not name it. Null, with the field's error, when
    /// the principal is not staff of it.
    /// </summary>
    public static async Task<OperatorTerms?> NamedAsync(UnitOfWork work, Fields fields, string? code)
    {
        if (code is null && work.Principal.StaffOf.Count == 1)
        {
            return await OperatorTerms.GetAsync(work.Db, work.Principal.StaffOf.Single());
        }

        if (code is not null
            && await OperatorTerms.FindAsync(work.Db, code) is { } terms
            && work.Principal.StaffOf.Contains(terms.Id))
        {
            return terms;
        }

        fields.Add("operator", FieldCode.NotFound, "must be the code of your operator");
        return null;
    }
}
