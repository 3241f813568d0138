namespace Authorisation.Billing.MonthEnd;

/// <summary>How a month end stands. Stored; the numbers never change.</summary>
internal enum MonthEndState
{
    /// <summary>It is being worked on, or was when its host stopped and goes on with the next.</summary>
    Running = 1,

    /// <summary>All of it is done.</summary>
    Done = 2,

    /// <summary>It continues when a person has done what its last finding asks for.</summary>
    Waiting = 3,

    /// <summary>
    /// The month that it closed, or was to close, was opened again. It counts no more; another run may close the month.
    /// </summary>
    Reopened = 4,
}
