using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Session;

/// <summary>The names of targets, as typed, printed and written to files.</summary>
internal static class TargetNames
{
    /// <summary>Its name, such as <c>row-transaction</c>.</summary>
    public static string Name(this TargetKind target) => target switch
    {
        TargetKind.Echo => "echo",
        TargetKind.RowTransaction => "row-transaction",
        TargetKind.DoubleEntry => "double-entry",
        TargetKind.RedisOnly => "redis-only",
        TargetKind.Authorise => "authorise",
        TargetKind.TwoServers => "two-servers",
        TargetKind.Untriggered => "untriggered",
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    /// <summary>Whether what it decides is in the ledger, and so checked there.</summary>
    public static bool HasLedger(this TargetKind target) =>
        target is TargetKind.RowTransaction or TargetKind.DoubleEntry || target.IsServer();

    /// <summary>Which ledger it is started on; null for a target that needs none.</summary>
    public static LedgerKind? Ledger(this TargetKind target) => target switch
    {
        TargetKind.Echo => null,
        TargetKind.Untriggered => LedgerKind.Untriggered,
        TargetKind.DoubleEntry => LedgerKind.DoubleEntry,
        _ => LedgerKind.Fresh,
    };

    /// <summary>Whether it is the server, in one process or more.</summary>
    public static bool IsServer(this TargetKind target) =>
        target is TargetKind.Authorise or TargetKind.TwoServers or TargetKind.Untriggered;
}
