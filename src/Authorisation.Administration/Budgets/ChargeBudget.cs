using Authorisation.Administration.Work;

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
    public static RefusedException Refusal() => new(
        ProblemCode.BudgetSpent,
        "It costs more than remains this month of a budget of the department or the billing reference; nothing was done.");
}
