namespace Authorisation.LoadTests.Session;

/// <summary>What is to be measured, for how long, and where the programs are.</summary>
internal sealed record LoadOptions
{
    /// <summary>The server's program.</summary>
    public required string ServerProgram { get; init; }

    /// <summary>The peers' program.</summary>
    public required string PeersProgram { get; init; }

    /// <summary>The stage's program.</summary>
    public required string StageProgram { get; init; }

    /// <summary>The program that is the server or the control plane with another clock.</summary>
    public required string HostsProgram { get; init; }

    /// <summary>Where databases and logs are kept while it runs.</summary>
    public required string Directory { get; init; }

    /// <summary>How often everything is repeated.</summary>
    public required int Repetitions { get; init; }

    /// <summary>How long each phase is measured.</summary>
    public required TimeSpan Measured { get; init; }

    /// <summary>How long each phase of the open model is measured.</summary>
    public required TimeSpan OpenMeasured { get; init; }

    /// <summary>How long a process that was just started runs under load before the first phase.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>The shares of saturation at which the open model is measured.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>The fixed rates of the open model, in purchases a second.</summary>
    public required IReadOnlyList<int> Rates { get; init; }

    /// <summary>How long each fixed rate is measured.</summary>
    public required TimeSpan RateMeasured { get; init; }

    /// <summary>How many fresh servers are started for each rate.</summary>
    public required int ColdStarts { get; init; }

    /// <summary>How long purchases arrive at a fresh server.</summary>
    public TimeSpan ColdMeasured { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long programs that nobody calls are looked at.</summary>
    public required TimeSpan IdleMeasured { get; init; }

    /// <summary>How many authorisations there are in the ledgers that have grown, from the fewest on.</summary>
    public required IReadOnlyList<long> Rows { get; init; }

    /// <summary>What is measured.</summary>
    public required IReadOnlyList<TargetKind> Targets { get; init; }

    /// <summary>What is measured of the server.</summary>
    public required IReadOnlyList<PhaseKind> Phases { get; init; }

    /// <summary>How many connections.</summary>
    public required int Connections { get; init; }

    /// <summary>How many calls are in flight at saturation.</summary>
    public required int InFlight { get; init; }

    /// <summary>How many accounts there are.</summary>
    public required int Accounts { get; init; }

    /// <summary>How many accounts have bought in the month that ends.</summary>
    public required int ResetAccounts { get; init; }

    /// <summary>How long purchases are measured before the month ends, and after its month end is done.</summary>
    public required TimeSpan ResetBefore { get; init; }

    /// <summary>How much of its time the month end works, 1 to 100; 0 for its default.</summary>
    public int SharePercent { get; init; }

    /// <summary>Whether nothing but the end of a month is measured.</summary>
    public bool IsResetAlone => Phases is [PhaseKind.Reset];

    /// <summary>Whether the targets are measured one after the other, as they are for most scenarios.</summary>
    public bool MeasuresTargets => Phases.Any(kind => !kind.IsApart());

    /// <summary>How many batches a server commits at the same time; 0 for its default.</summary>
    public int Lanes { get; init; }

    /// <summary>How many connections the peer with a transaction for each request has in its pool.</summary>
    public required int RowConnections { get; init; }

    /// <summary>How long phases after the first run before they are measured.</summary>
    public required TimeSpan Ramp { get; init; }
}
