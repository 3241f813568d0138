namespace Authorisation.Ledger.Activation;

/// <summary>How an activation ended. The numbers are those of the database's function.</summary>
public enum ActivationOutcome
{
    /// <summary>The app has a token.</summary>
    Activated = 1,

    /// <summary>The code is wrong, used, lapsed or unknown.</summary>
    Refused = 2,

    /// <summary>Too many of this login were refused lately, or are being tried; the code was not looked at.</summary>
    TooManyOfLogin = 3,

    /// <summary>Another activation of the login is under way, on another server; within the ledger only.</summary>
    UnderWay = 4,

    /// <summary>As <see cref="Refused"/>, and too many of this client or operator were refused lately.</summary>
    TooManyRefused = 5,

    /// <summary>Too many activations wait already; the ledger was not asked.</summary>
    TooManyWaiting = 6,

    /// <summary>Terms are in force that were not accepted; the code was not looked at.</summary>
    TermsNotAccepted = 7,
}
