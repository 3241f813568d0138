using Npgsql;

namespace Authorisation.Ledger;

/// <summary>
/// Postgres could not be used: it is down, restarting, too slow, out of disk, or somebody keeps locked what was asked for. A
/// later try can succeed.
/// </summary>
public sealed class LedgerUnreachableException : Exception
{
    private LedgerUnreachableException(Exception cause)
        : base($"The ledger is out of reach: {cause.Message}", cause)
    {
    }

    /// <summary>Runs something; what means that Postgres cannot be used becomes this exception, anything else stays.</summary>
    internal static async Task<T> Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (SqlState.IsUnreachable(e) || IsLocked(e))
        {
            throw new LedgerUnreachableException(e);
        }
    }

    // Waited for in vain: a whole table, as during a migration, or the rows of an activation. Nothing was written. Batches have
    // ways of their own around what is locked, so to them it does not mean this.
    private static bool IsLocked(Exception exception) =>
        exception is PostgresException { SqlState: SqlState.LockNotAvailable };
}
