namespace Authorisation.Core;

/// <summary>What can happen to an authorisation after its decision. Stored; the numbers never change.</summary>
public enum OperationKind
{
    /// <summary>All or part of a hold is taken, the rest released.</summary>
    Capture = 1,

    /// <summary>The authorisation is undone, whole.</summary>
    Void = 2,

    /// <summary>All or part of what was taken is refunded.</summary>
    Refund = 3,

    /// <summary>A hold was neither captured nor voided in its time.</summary>
    Expiry = 4,

    /// <summary>A device reported that it sold this while it was out of reach.</summary>
    Advice = 5,

    /// <summary>The operator's clerk says whose account an advice of an unknown card is on.</summary>
    Match = 6,
}
