namespace Authorisation.Ledger.Activation;

/// <summary>How an activation ended. The numbers are those of the database's function.</summary>
public enum ActivationOutcome
{
    /// <summary>The app has a token.</summary>
    Activated = 1,

    /// <summary>The code is wrong, used, lapsed or unknown.</summary>
    Refused = 2,

    /// <summary>Too many were refused lately, of this login, this client or this operator.</summary>
    TooMany = 3,
}
