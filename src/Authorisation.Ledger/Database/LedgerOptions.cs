using Authorisation.Core;

namespace Authorisation.Ledger.Database;

/// <summary>How a server reaches the ledger and how it commits to it.</summary>
public sealed class LedgerOptions
{
    /// <summary>What a ledger is called that is not named: the one of <c>Ledger:ConnectionString</c>.</summary>
    public const string DefaultName = "default";

    /// <summary>What it is called in log lines and metrics of a server that has several.</summary>
    public string Name { get; set; } = DefaultName;

    /// <summary>
    /// Npgsql connection string of the service role. Several hosts may be named for failover, with
    /// <c>Target Session Attributes=primary</c>.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>How many batches this server commits at the same time, 1 to 32.</summary>
    public int Lanes { get; set; } = Limits.CommitLanes;

    /// <summary>
    /// Commits refunds and voids of operator staff and nothing else, through the one function that the control plane's
    /// role may use for it.
    /// </summary>
    public bool GivesBackOnly { get; set; }

    /// <summary>
    /// Keeps the server unready while commits do not wait for a synchronous standby, and answers none that is not known
    /// to have reached it: what was answered then survives the loss of a whole machine.
    /// </summary>
    public bool RequireSynchronousStandby { get; set; }
}
