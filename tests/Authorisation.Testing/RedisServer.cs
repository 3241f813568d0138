using Authorisation.PrivateServers;
using Xunit;

namespace Authorisation.Testing;

/// <summary>
/// A Redis for one test class (<c>IClassFixture&lt;RedisServer&gt;</c>), to kill, pause and restart at will. Tests that
/// leave the server alone take <see cref="SharedRedis"/> and keys of their own.
/// </summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly string _directory = TestDirectory.NewPath("redis");

    /// <summary>Describes the server; xunit starts it.</summary>
    public RedisServer() => Private = new PrivateRedis(_directory, FreePort.Next());

    /// <summary>The server, with what can be done to it.</summary>
    public PrivateRedis Private { get; }

    /// <summary>Its address as StackExchange.Redis takes it.</summary>
    public string ConnectionString => Private.ConnectionString;

    /// <summary>Starts one.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await server.InitializeAsync();
        return server;
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
