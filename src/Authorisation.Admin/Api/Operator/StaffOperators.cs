using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Operator;

/// <summary>Which operator a call of operator staff is about.</summary>
internal static class StaffOperators
{
    /// <summary>403 unless the caller is staff of some operator.</summary>
    public static void RequireAny(Call call)
    {
        if (call.Principal.StaffOf.Count == 0)
        {
            throw Problems.Forbidden();
        }
    }

    /// <summary>The operators that a list is of: the named one, or all that the caller is staff of.</summary>
    public static async Task<int[]> ListedAsync(Call call, string? code)
    {
        RequireAny(call);
        if (code is null)
        {
            return [.. call.Principal.StaffOf];
        }

        if (await OperatorTerms.FindAsync(call.Db, code) is { } terms && call.Principal.StaffOf.Contains(terms.Id))
        {
            return [terms.Id];
        }

        call.RefuseParameter("operator", FieldCode.NotFound, "must be the code of your operator");
        return [];
    }

    /// <summary>The operator that a body names; it need not when the caller is staff of one only.</summary>
    public static async Task<OperatorTerms?> NamedAsync(Call call, Fields fields, string? code)
    {
        if (code is null && call.Principal.StaffOf.Count == 1)
        {
            return await OperatorTerms.GetAsync(call.Db, call.Principal.StaffOf.Single());
        }

        if (code is not null && await OperatorTerms.FindAsync(call.Db, code) is { } terms && call.Principal.StaffOf.Contains(terms.Id))
        {
            return terms;
        }

        fields.Add("operator", FieldCode.NotFound, "must be the code of your operator");
        return null;
    }
}
