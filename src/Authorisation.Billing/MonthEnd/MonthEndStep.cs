namespace Authorisation.Billing.MonthEnd;

/// <summary>What a month end is at. Stored; the numbers are the order in which it goes.</summary>
internal enum MonthEndStep
{
    /// <summary>Activation codes that lapsed are ended.</summary>
    Codes = 1,

    /// <summary>Holds that lapsed are waited for: the servers expire them.</summary>
    Holds = 2,

    /// <summary>The month is closed: no row is added to it from here on.</summary>
    Closing = 3,

    /// <summary>What each account had on the month's invoices is written down and sealed.</summary>
    Statements = 4,

    /// <summary>Authorisations on no account are sealed: what unknown cards and apps asked for, and marks.</summary>
    UnassignedAuthorisations = 5,

    /// <summary>Operations on those are sealed.</summary>
    UnassignedOperations = 6,

    /// <summary>Charges are sealed.</summary>
    Charges = 7,

    /// <summary>Balances, authorisations, operations and cached copies are held against each other.</summary>
    Reconciliation = 8,

    /// <summary>The invoice bases are made.</summary>
    Invoices = 9,

    /// <summary>Nothing is left to do.</summary>
    Done = 10,
}
