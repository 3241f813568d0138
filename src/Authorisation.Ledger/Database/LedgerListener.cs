using Npgsql;

namespace Authorisation.Ledger.Database;

/// <summary>
/// A LISTEN connection. It signals that something changed; the caller queries for what. Used by one task at a time.
/// </summary>
internal sealed class LedgerListener : IAsyncDisposable
{
    // Set when a notification arrived after the last query began. It can arrive while a query is being read: too late
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

    /// <summary>Notes that a query begins: it may not see what is notified from now on.</summary>
    public void BeginLook() => _isTold = false;

    /// <summary>
    /// Waits for a notification since the last query began, but not longer than <paramref name="most"/>.
    /// </summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) =>
        _isTold ? Task.CompletedTask : Connection.WaitAsync(most, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
