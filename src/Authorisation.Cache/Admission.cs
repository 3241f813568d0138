namespace Authorisation.Cache;

/// <summary>Whether a command may go to Redis, and what its result reports to the breaker.</summary>
internal enum Admission
{
    /// <summary>The breaker is open: go on without Redis.</summary>
    Refused,

    /// <summary>The breaker is closed.</summary>
    Normal,

    /// <summary>The breaker is open, and this one command tries whether it can close.</summary>
    Probe,
}
