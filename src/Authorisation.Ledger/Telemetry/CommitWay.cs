namespace Authorisation.Ledger.Telemetry;

/// <summary>How a command was decided. A label of metrics and spans; not stored.</summary>
internal enum CommitWay
{
    /// <summary>On a copy of its account, which was still true at the commit.</summary>
    Snapshot,

    /// <summary>Under the lock of its account.</summary>
    Lock,

    /// <summary>Under the lock of its account, which others had kept locked before.</summary>
    SetAside,
}
