using System.Globalization;
using Npgsql;

namespace Authorisation.Testing;

/// <summary>A Postgres that runs, in which tests make databases of their own.</summary>
/// <remarks>Safe for several threads, and for several test processes at the same Postgres: no two get the same name.</remarks>
public sealed class TestPostgres(string connectionString)
{
    private static int _databases;

    /// <summary>The superuser's way to the database <c>postgres</c>.</summary>
    public string ConnectionString => connectionString;

    /// <summary>The superuser's way to a database.</summary>
    public string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    /// <summary>A user's way to a database.</summary>
    public string ConnectionStringFor(string database, string user, string password) =>
        new NpgsqlConnectionStringBuilder(ConnectionStringFor(database)) { Username = user, Password = password }.ConnectionString;

    /// <summary>Makes a database with a name of its own, empty or as a template is, and returns its name.</summary>
    public async Task<string> CreateDatabaseAsync(string name, string template = "template1")
    {
        var unique = string.Create(
            CultureInfo.InvariantCulture, $"{name}_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}");
        await using var connection = await OpenAsync();
        await ExecuteAsync(connection, $"create database {Quoted(unique)} template {Quoted(template)}");
        return unique;
    }

    /// <summary>A session of the superuser in the database <c>postgres</c>, which ends with it.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static string Quoted(string name) => new NpgsqlCommandBuilder().QuoteIdentifier(name);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
