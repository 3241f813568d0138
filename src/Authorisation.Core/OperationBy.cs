namespace Authorisation.Core;

/// <summary>
/// The kind of caller that did something to an authorisation. Sent on the wire; the numbers never change.
/// </summary>
public enum OperationBy
{
    /// <summary>A validator, console or app back end.</summary>
    Client = 1,

    /// <summary>The activated app of an account.</summary>
    App = 2,

    /// <summary>A person of the operator.</summary>
    Staff = 3,

    /// <summary>The service itself: a hold lapsed.</summary>
    Service = 4,
}
