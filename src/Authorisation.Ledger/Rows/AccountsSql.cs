namespace Authorisation.Ledger.Rows;

/// <summary><c>accounts.sql</c>, for uses that differ in which particulars an account has.</summary>
internal static class AccountsSql
{
    /// <summary>For copies to decide on: with the particulars that a purchase is invoiced with now.</summary>
    public static readonly string ForCopies = With(ParticularsSql.InForceUnflushed);

    /// <summary>For decisions under lock: likewise, within their transaction.</summary>
    public static readonly string ForDecisions = With(ParticularsSql.InForce);

    /// <summary>For reading alone: with the particulars that the account points at.</summary>
    public static readonly string ForReading = With("a.particulars_id");

    private static string With(string particulars) =>
        EmbeddedSql.Read("Rows.accounts.sql").Replace("{particulars}", particulars, StringComparison.Ordinal);
}
