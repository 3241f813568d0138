using Npgsql;

namespace Authorisation.Ledger.Database;

/// <summary>
/// A LISTEN connection. It signals that something changed; the caller queries for what. Used by one task at a time.
/// </summary>
internal sealed class LedgerListener : IAsyncDisposable
{
    // Set when a notification arrived since the last wait ended. It can arrive while a query is being read: too late
    // for its snapshot, and before the next wait.
    private bool _isTold;

    private LedgerListener(NpgsqlConnection connection)
    {
        Connection = connection;
        connection.Notification += (_, _) => _isTold = true;
    }

    /// <summary>The connection, to look on.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Connects and begins to listen.</summary>
    public static async Task<LedgerListener> OpenAsync(
        LedgerDatabase database, string channel, CancellationToken cancellationToken)
    {
        var connection = await database.Own.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var listen = new NpgsqlCommand($"listen {channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
            return new LedgerListener(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Waits for a notification since the last wait ended, but not longer than <paramref name="most"/>. A query that
    /// begins afterwards sees what was notified.
    /// </summary>
    public async Task WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        if (!_isTold)
        {
            await Connection.WaitAsync(most, cancellationToken);
        }

        _isTold = false;
    }

    /// <summary>Ends the listening, so that the connection can be used for something else.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var unlisten = new NpgsqlCommand("unlisten *", Connection);
            await unlisten.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // It is broken, and with it the listening has ended.
        }

        await Connection.DisposeAsync();
    }
}
