namespace Authorisation.Ledger;

/// <summary>Postgres could not be used: it is down, restarting, too slow, or out of disk. A later try can succeed.</summary>
public sealed class LedgerUnreachableException : Exception
{
    private LedgerUnreachableException(Exception cause)
        : base($"The ledger is out of reach: {cause.Message}", cause)
    {
    }

    /// <summary>Runs a read; what means that Postgres cannot be used becomes this exception, anything else stays.</summary>
    internal static async Task<T> Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (SqlState.IsUnreachable(e))
        {
            throw new LedgerUnreachableException(e);
        }
    }
}
