namespace Authorisation.Ledger.Rows;

/// <summary><c>accounts.sql</c>, for uses that differ in which billing snapshot an account has.</summary>
internal static class AccountsSql
{
    /// <summary>For copies to decide on: with the billing snapshot that a purchase is invoiced with now.</summary>
    public static readonly string ForCopies = With(BillingSnapshotSql.InForceUnflushed);

    /// <summary>For decisions under lock: likewise, within their transaction.</summary>
    public static readonly string ForDecisions = With(BillingSnapshotSql.InForce);

    /// <summary>For reading alone: with the billing snapshot that the account points at.</summary>
    public static readonly string ForReading = With("a.billing_snapshot_id");

    private static string With(string billingSnapshot) =>
        EmbeddedSql.Read("Rows.accounts.sql").Replace("{billing_snapshot}", billingSnapshot, StringComparison.Ordinal);
}
