namespace Authorisation.Ledger.Shares;

/// <summary>Whose share is full.</summary>
public enum Full
{
    /// <summary>None: there is room.</summary>
    No,

    /// <summary>The client's, or the app's.</summary>
    Client,

    /// <summary>The operator's: its clients and apps together.</summary>
    Operator,

    /// <summary>The server's: all callers together use it up, or a turn did not come in time.</summary>
    Server,
}
