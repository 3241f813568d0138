namespace Authorisation.Ledger.Tests.Support;

/// <summary>Where a connection through <see cref="TestProxy"/> is cut.</summary>
public enum CutPoint
{
    /// <summary>The request never reaches Postgres.</summary>
    BeforeRequest,

    /// <summary>The request is sent on and the connection cut at once: Postgres may be working on it still.</summary>
    DuringRequest,

    /// <summary>Postgres has done it all; the answer never reaches the client.</summary>
    BeforeAnswer,
}
