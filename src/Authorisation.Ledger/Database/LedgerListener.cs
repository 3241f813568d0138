using Npgsql;

namespace Authorisation.Ledger.Database;

/// <summary>
/// A connection that hears when Postgres tells of something, for who then looks what it is. Used by one task at a time.
/// </summary>
internal sealed class LedgerListener : IAsyncDisposable
{
    // Set when somebody told of something after the last look began. A notification can arrive while a look is being
    // read, too late for its snapshot and before anybody waits for it.
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

    /// <summary>Notes that a look begins: what is told from now on may not be seen by it.</summary>
    public void BeginLook() => _isTold = false;

    /// <summary>
    /// Waits until something was told since the last look began, but not longer than <paramref name="most"/>.
    /// </summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) =>
        _isTold ? Task.CompletedTask : Connection.WaitAsync(most, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
