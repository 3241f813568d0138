using Xunit;

namespace Authorisation.Testing;

/// <summary>
/// A class fixture for tests that only use Postgres. The server is the whole test process's: each test makes a database
/// or an operator of its own in it, and nobody stops it.
/// </summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    private PostgresServer? _server;

    /// <summary>The superuser's way to the database <c>postgres</c>.</summary>
    public string ConnectionString => Server.ConnectionString;

    /// <summary>The server, for its ways for other users.</summary>
    public PostgresServer Server => _server ?? throw new InvalidOperationException("xunit has not started the fixture.");

    /// <summary>Makes an empty database with a name of its own and returns the superuser's way to it.</summary>
    public Task<string> CreateDatabaseAsync(string name = "test") => Server.CreateDatabaseAsync(name);

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await SharedServers.PostgresAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;
}
