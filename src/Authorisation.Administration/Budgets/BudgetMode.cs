namespace Authorisation.Administration.Budgets;

/// <summary>What a budget does with what goes beyond it. Stored; the numbers never change.</summary>
internal enum BudgetMode
{
    /// <summary>It is bought all the same; administrators get an e-mail at 80 and at 100 per cent.</summary>
    Warn = 1,

    /// <summary>It is declined, besides the e-mails.</summary>
    Decline = 2,
}
