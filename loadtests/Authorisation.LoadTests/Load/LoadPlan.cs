using System.Net;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Load;

/// <summary>One phase of load.</summary>
internal sealed record LoadPlan
{
    /// <summary>Where to send it; the connections are spread over them.</summary>
    public required IReadOnlyList<IPEndPoint> Targets { get; init; }

    /// <summary>The bearer token of every call.</summary>
    public required string Token { get; init; }

    /// <summary>Makes the scenario of one connection.</summary>
    public required Func<Scenario> Scenario { get; init; }

    /// <summary>How many connections.</summary>
    public required int Connections { get; init; }

    /// <summary>The closed model: how many calls are in flight over all connections; 0 for the open one.</summary>
    public int InFlight { get; init; }

    /// <summary>
    /// The closed model: whether each connection sends on one stream, instead of a call for each request.
    /// </summary>
    public bool Streamed { get; init; }

    /// <summary>
    /// The open model: how many calls arrive in a second, over all connections, independently of one another.
    /// </summary>
    public double PerSecond { get; init; }

    /// <summary>
    /// The open model: the moment from which on calls arrive, by the stopwatch, also if connecting takes longer; those
    /// that arrive meanwhile have waited. Null: as soon as all have connected.
    /// </summary>
    public long? BeginsAt { get; init; }

    /// <summary>How long the load runs before it is measured.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>How long it is measured.</summary>
    public required TimeSpan Measured { get; init; }

    /// <summary>The open model: ends the load before its time, with nothing lost: what was sent is answered.</summary>
    public CancellationToken Stop { get; init; }
}
