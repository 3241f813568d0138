using Xunit;

namespace Authorisation.Testing;

/// <summary>
/// A class fixture for tests that only use Redis. The server is shared by all tests (<see cref="SharedServers"/>): each
/// has keys of its own, nothing is flushed, and nobody stops it.
/// </summary>
public sealed class SharedRedis : IAsyncLifetime
{
    private string? _connectionString;

    /// <summary>Its address as StackExchange.Redis takes it.</summary>
    public string ConnectionString =>
        _connectionString ?? throw new InvalidOperationException("xunit has not started the fixture.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _connectionString = await SharedServers.RedisAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;
}
