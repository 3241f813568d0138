using Xunit;

namespace Authorisation.Testing;

/// <summary>
/// A class fixture for tests that only use Postgres. The server is shared by all tests (<see cref="SharedServers"/>): each
/// makes a database or an operator of its own in it, and nobody stops it or changes its settings.
/// </summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    private TestPostgres? _postgres;

    /// <summary>What databases are made in.</summary>
    public TestPostgres Postgres => _postgres ?? throw new InvalidOperationException("xunit has not started the fixture.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _postgres = await SharedServers.PostgresAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;
}
