namespace Authorisation.Core;

/// <summary>
/// Whose rule or budget declined a purchase. The order of the numbers is that in which rules are asked. The numbers are
/// stored in the ledger and sent on the wire, so they never change.
/// </summary>
public enum RuleOwner : byte
{
    /// <summary>No rule did.</summary>
    None = 0,

    /// <summary>A rule of the credit alone.</summary>
    Credit = 1,

    /// <summary>A rule of the department that pays, or of one above it.</summary>
    Department = 2,

    /// <summary>A rule of the organisation.</summary>
    Organisation = 3,

    /// <summary>The operator does not sell it on credit.</summary>
    Operator = 4,
}
