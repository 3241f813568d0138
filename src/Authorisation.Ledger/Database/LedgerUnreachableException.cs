namespace Authorisation.Ledger.Database;

/// <summary>
/// Postgres could not be used: it is down, restarting, out of disk, or does not answer. A later try can succeed. A
/// Postgres that answers and is too busy is a <see cref="LedgerBusyException"/>.
/// </summary>
public sealed class LedgerUnreachableException : Exception
{
    private LedgerUnreachableException(Exception cause)
        : base($"The ledger is out of reach: {cause.Message}", cause)
    {
    }

    /// <summary>
    /// Runs something; what means that Postgres cannot be used becomes this exception, or a
    /// <see cref="LedgerBusyException"/>; anything else stays.
    /// </summary>
    internal static async Task<T> Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (SqlState.IsBusy(e))
        {
            throw new LedgerBusyException(e);
        }
        catch (Exception e) when (SqlState.IsUnreachable(e))
        {
            throw new LedgerUnreachableException(e);
        }
    }
}
