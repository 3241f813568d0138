namespace Authorisation.LoadTests.Session;

/// <summary>What is measured how, and when.</summary>
internal static class PhaseKinds
{
    /// <summary>Whether it is measured by itself, on a ledger of its own, and not of the targets in turn.</summary>
    public static bool IsApart(this PhaseKind kind) => kind is PhaseKind.Shares or PhaseKind.Reset or PhaseKind.Cold
        or PhaseKind.Restart or PhaseKind.Failover or PhaseKind.Idle or PhaseKind.Bulk or PhaseKind.Growth;

    /// <summary>Whether it is measured also when it is not named.</summary>
    public static bool IsUsual(this PhaseKind kind, bool quick) =>
        quick ? !kind.IsApart() && kind != PhaseKind.Rate : kind is not (PhaseKind.Bulk or PhaseKind.Growth);
}
