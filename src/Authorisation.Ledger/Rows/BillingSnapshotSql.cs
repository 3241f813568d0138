namespace Authorisation.Ledger.Rows;

/// <summary>What purchases are invoiced with, as text of SQL.</summary>
public static class BillingSnapshotSql
{
    /// <summary>
    /// The current billing snapshot of the account <c>a</c>, with billing snapshot <c>t</c>, organisation <c>g</c> and
    /// department <c>d</c>. Adds a row where none has these values. A traveller's name is not compared: renaming a
    /// traveller points the few accounts at another row.
    /// </summary>
    public const string InForce = $"case when {Say} then a.billing_snapshot_id else {Found} end";

    /// <summary>
    /// As <see cref="InForce"/>, in a transaction that writes nothing else: its commit waits for no disk and no
    /// standby. What is decided with the row is committed later, and a commit that waits waits for all that was written
    /// before it.
    /// </summary>
    internal const string InForceUnflushed =
        $"case when {Say} then a.billing_snapshot_id else (select {Found} from {Unflushed}) end";

    /// <summary>
    /// The current billing snapshots of the accounts in <c>$1</c>, in their order, in a transaction like that of
    /// <see cref="InForceUnflushed"/>.
    /// </summary>
    internal const string AllInForceUnflushed =
        $"select billing_snapshot_in_force($1::bigint[]) from {Unflushed}";

    private const string Unflushed = "set_config('synchronous_commit', 'off', true)";

    private const string Found = "billing_snapshot_in_force(a.billing_snapshot_id)";

    private const string Say = """
        (t.organisation_name, t.department_name, t.billing_reference, t.cost_centre)
          is not distinct from (g.name, d.name, d.billing_reference, d.cost_centre)
        """;
}
