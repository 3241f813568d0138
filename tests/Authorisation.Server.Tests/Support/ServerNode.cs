using Authorisation.Testing;
using Grpc.Net.Client;

namespace Authorisation.Server.Tests.Support;

/// <summary>A server process at an address of its own, which may be killed and started again.</summary>
internal sealed class ServerNode : IAsyncDisposable
{
    private readonly string[] _settings;
    private TestProgram? _program;

    /// <summary>Describes the server; nothing is started yet.</summary>
    public ServerNode(string ledger, string cache, params string[] settings)
    {
        Port = FreePort.Next();
        _settings = ["serve", .. InProcessServer.SettingsFor(ledger, cache, Port), .. settings];
        Channel = GrpcChannel.ForAddress(new Uri($"http://127.0.0.1:{Port}"));
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>A channel to it; it connects again after each start.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>The process.</summary>
    public TestProgram Program => _program ?? throw new InvalidOperationException("It has not been started.");

    /// <summary>The errors that the process, as it runs now, has logged; a line each.</summary>
    public string ErrorsLogged => string.Join(
        '\n', Program.Output.Where(line => line.Contains("fail:", StringComparison.Ordinal)));

    /// <summary>Starts the process; it becomes ready in its own time.</summary>
    public async Task StartAsync() => _program = await ServerProgram.StartAsync(_settings);

    /// <summary>The same, with environment variables.</summary>
    public async Task StartAsync(IReadOnlyDictionary<string, string> environment) =>
        _program = await ServerProgram.StartAsync(environment, _settings);

    /// <summary>Starts the process and waits until it is ready.</summary>
    public async Task StartReadyAsync()
    {
        await StartAsync();
        await Readiness.IsServingAsync(Channel);
    }

    /// <summary>Kills the process with SIGKILL.</summary>
    public async Task KillAsync()
    {
        await Program.DisposeAsync();
        _program = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (_program is not null)
        {
            await KillAsync();
        }
    }
}
