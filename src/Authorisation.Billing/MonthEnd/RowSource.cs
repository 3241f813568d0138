namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// The table that has a row of a month. Stored with its seal; the numbers are those of <c>billing.month_row</c>.
/// </summary>
internal enum RowSource
{
    /// <summary><c>authorisation</c>.</summary>
    Authorisation = 1,

    /// <summary><c>operation</c>.</summary>
    Operation = 2,

    /// <summary><c>billing.charge</c>.</summary>
    Charge = 3,
}
