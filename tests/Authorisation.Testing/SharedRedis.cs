using Xunit;

namespace Authorisation.Testing;

/// <summary>
/// A class fixture for tests that only use Redis. The server is the whole test process's: each test has keys of its own,
/// nothing is flushed, and nobody stops it.
/// </summary>
public sealed class SharedRedis : IAsyncLifetime
{
    private RedisServer? _server;

    /// <summary>Its address as StackExchange.Redis takes it.</summary>
    public string ConnectionString =>
        (_server ?? throw new InvalidOperationException("xunit has not started the fixture.")).ConnectionString;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await SharedServers.RedisAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;
}
