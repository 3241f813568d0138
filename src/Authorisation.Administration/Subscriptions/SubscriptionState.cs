namespace Authorisation.Administration.Subscriptions;

/// <summary>What was decided about a subscription. Stored; the numbers never change.</summary>
internal enum SubscriptionState
{
    /// <summary>An administrator has to approve it.</summary>
    Pending = 1,

    /// <summary>It begins with its first month and goes on until it is ended.</summary>
    Approved = 2,

    /// <summary>An administrator refused it.</summary>
    Refused = 3,

    /// <summary>It was taken back before it began.</summary>
    Withdrawn = 4,
}

/// <summary>How a subscription stands in a month.</summary>
internal enum SubscriptionStatus
{
    /// <summary>An administrator has to approve it.</summary>
    Pending,

    /// <summary>It is approved and has not begun.</summary>
    Approved,

    /// <summary>It goes on.</summary>
    Running,

    /// <summary>This is its last month, or a later one is.</summary>
    Ending,

    /// <summary>Its last month is over.</summary>
    Ended,

    /// <summary>An administrator refused it.</summary>
    Refused,

    /// <summary>It was taken back before it began.</summary>
    Withdrawn,
}
