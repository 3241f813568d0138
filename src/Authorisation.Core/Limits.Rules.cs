namespace Authorisation.Core;

public static partial class Limits
{
    // Rules on purchases and budgets.

    /// <summary>On what minutes of an hour a rule may begin and end: whole multiples of this.</summary>
    public const int RuleStepMinutes = 15;

    /// <summary>How many ticket types one rule names.</summary>
    public const int RuleProductsMax = 500;

    /// <summary>How many zones one rule names.</summary>
    public const int RuleZonesMax = 200;

    /// <summary>How many times one rule names.</summary>
    public const int RuleTimesMax = 50;

    /// <summary>The most that a rule lets the purchases of a day cost, in minor units.</summary>
    public const long RuleDayMinorMax = 1_000_000_000;

    /// <summary>The least and the most that a budget may be, in minor units.</summary>
    public const long BudgetMinorMin = 100, BudgetMinorMax = 100_000_000_000;

    /// <summary>How often budgets are looked at, to tell of those that are nearly or wholly spent.</summary>
    public static readonly TimeSpan BudgetLookInterval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a lane decides the purchases of an organisation under lock after one of them was too much for a budget.
    /// </summary>
    public static readonly TimeSpan BudgetSpentTime = TimeSpan.FromSeconds(5);
}
