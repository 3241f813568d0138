namespace Authorisation.Ledger.Shares;

/// <summary>Whose share is full.</summary>
public enum Full
{
    /// <summary>Nobody's: there is room.</summary>
    No,

    /// <summary>The client's, or the app's.</summary>
    Client,

    /// <summary>The operator's: its clients and apps together.</summary>
    Operator,

    /// <summary>The server's: everybody together, or a turn did not come in time.</summary>
    Server,
}
