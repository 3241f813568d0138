using System.Globalization;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Budgets;

/// <summary>
/// What becomes of a charge that a budget has no room for: a trigger on <c>billing.charge</c> refuses the row, and with it
/// the whole transaction.
/// </summary>
internal static class ChargeBudget
{
    /// <summary>The SQLSTATE of the trigger's exception.</summary>
    public const string Spent = "BU001";

    /// <summary>The refusal that an operation gives for it.</summary>
    /// <param name="owner">The exception's message: whose budget it is.</param>
    public static RefusedException Refusal(string owner)
    {
        var whose = owner == ((byte)RuleOwner.Department).ToString(CultureInfo.InvariantCulture)
            ? "the department, or of one above it"
            : "the billing reference";
        return new(
            ProblemCode.BudgetSpent,
            $"It costs more than remains this month of the budget of {whose}; nothing was done. "
            + "Order less, or have an administrator of the whole organisation raise the budget.");
    }
}
