using System.Globalization;
using Authorisation.PrivateServers;
using Npgsql;
using Xunit;

namespace Authorisation.Testing;

/// <summary>
/// A Postgres for one test class (<c>IClassFixture&lt;PostgresServer&gt;</c>), to kill, pause and restart at will. Tests
/// that leave the server alone take <see cref="SharedPostgres"/>, which costs one start per test process.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _directory = TestDirectory.NewPath("postgres");
    private static int _databases;

    /// <summary>Describes the server; xunit starts it.</summary>
    public PostgresServer() => Private = new PrivatePostgres(_directory, FreePort.Next());

    /// <summary>The server, with what can be done to it.</summary>
    public PrivatePostgres Private { get; }

    /// <summary>The superuser's way to the database <c>postgres</c>.</summary>
    public string ConnectionString => Private.ConnectionString;

    /// <summary>Makes an empty database with a name of its own and returns the superuser's way to it.</summary>
    public async Task<string> CreateDatabaseAsync(string name = "test")
    {
        var unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"create database {new NpgsqlCommandBuilder().QuoteIdentifier(unique)}";
        await command.ExecuteNonQueryAsync();
        return Private.ConnectionStringFor(unique);
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Private.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Private.StopAsync();
        TestDirectory.Delete([_directory]);
    }
}
