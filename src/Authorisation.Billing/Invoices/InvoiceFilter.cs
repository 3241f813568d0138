using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>Which invoices are asked for, of those that the principal sees.</summary>
/// <param name="Month">Of one month; of all unless given.</param>
/// <param name="OrganisationId">Of one customer; of all unless given.</param>
/// <param name="Operator">Of the operator with this code; of all unless given.</param>
internal sealed record InvoiceFilter(CreditMonth? Month, Guid? OrganisationId, string? Operator)
{
    /// <summary>
    /// The condition on <c>i</c>, an invoice, and <c>o</c>, its operator. Its parameters are those of the scope,
    /// <c>month</c>,
    /// <c>operatorId</c> and <c>OrganisationId</c>.
    /// </summary>
    /// <param name="scope">What the principal sees.</param>
    public static string SqlOf(InvoiceScope scope) => $"""
        where ({scope.Sql})
          and (@month = 0 or i.month = @month) and (@operatorId = 0 or i.operator_id = @operatorId)
          and (@OrganisationId::uuid is null or i.organisation_id = @OrganisationId)
        """;

    /// <summary>The operator that is asked for; 0 for all, or when the fields say that there is none.</summary>
    public async Task<int> OperatorIdAsync(UnitOfWork work, Fields fields)
    {
        if (Operator is null)
        {
            return 0;
        }

        if (await OperatorTerms.FindAsync(work.Db, Operator) is { } terms)
        {
            return terms.Id;
        }

        fields.Add("operator", FieldCode.NotFound, "must be the code of an operator");
        return 0;
    }
}
