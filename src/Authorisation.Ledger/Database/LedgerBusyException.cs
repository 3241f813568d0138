namespace Authorisation.Ledger.Database;

/// <summary>
/// Postgres answers, but others kept it too busy for this call: something was locked for too long, a statement ran into
/// its timeout, or there was no connection left. Nothing was done; a later try can succeed.
/// </summary>
public sealed class LedgerBusyException : Exception
{
    internal LedgerBusyException(Exception cause)
        : base($"The ledger is busy: {cause.Message}", cause)
    {
    }

    /// <summary>Whether what Npgsql threw means this.</summary>
    public static bool IsMeantBy(Exception exception) => SqlState.IsBusy(exception);
}
