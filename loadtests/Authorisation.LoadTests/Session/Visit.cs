using System.Globalization;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Session;

/// <summary>The processes of one target while they are measured.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private static readonly IReadOnlyDictionary<string, string> NoSettings =
        new Dictionary<string, string>(StringComparer.Ordinal);

    private Visit(IReadOnlyList<MeasuredServer> servers) => Servers = servers;

    /// <summary>The servers that the load is spread over.</summary>
    public IReadOnlyList<MeasuredServer> Servers { get; }

    /// <summary>Starts a target.</summary>
    /// <param name="target">Which.</param>
    /// <param name="options">Where its program is.</param>
    /// <param name="ledger">The connection string of its ledger; empty for a target without.</param>
    /// <param name="redis">Where Redis listens.</param>
    public static async Task<Visit> StartAsync(TargetKind target, LoadOptions options, string ledger, string redis)
    {
        var servers = new List<MeasuredServer>();
        try
        {
            for (var i = 0; i < (target == TargetKind.TwoServers ? 2 : 1); i++)
            {
                var log = Path.Combine(options.Directory, $"{target.Name()}-{i + 1}.log");
                servers.Add(target.IsServer()
                    ? await StartServerAsync(log, options, ledger, redis)
                    : await MeasuredServer.StartAsync(log, port => Peer(options, target, port, ledger, redis), NoSettings));
            }

            return new Visit(servers);
        }
        catch
        {
            await new Visit(servers).DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Starts a process of the server.</summary>
    /// <param name="log">Where it logs.</param>
    /// <param name="options">Where its program is.</param>
    /// <param name="ledger">The connection string of its ledger.</param>
    /// <param name="redis">Where Redis listens.</param>
    /// <param name="port">Where it is to listen; null: on a free port.</param>
    public static Task<MeasuredServer> StartServerAsync(
        string log, LoadOptions options, string ledger, string redis, int? port = null) =>
        MeasuredServer.StartAsync(log, at => Server(options.ServerProgram, at), Settings(options, ledger, redis), port);

    // What is published for a runtime is a program of its own; what is built is run by dotnet.
    private static string[] Server(string program, int port) =>
    [
        .. program.EndsWith(".dll", StringComparison.Ordinal) ? (string[])["dotnet", program] : [program],
        "--Listen:Port", port.ToString(CultureInfo.InvariantCulture),
    ];

    private static Dictionary<string, string> Settings(LoadOptions options, string ledger, string redis)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Ledger__ConnectionString"] = ledger,
            ["Cache__ConnectionString"] = redis,
        };
        if (options.Lanes > 0)
        {
            settings["Ledger__Lanes"] = options.Lanes.ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }

    private static string[] Peer(LoadOptions options, TargetKind target, int port, string ledger, string redis) =>
        [
            "dotnet", options.PeersProgram, "--peer", target.Name(), "--port", port.ToString(CultureInfo.InvariantCulture),
            "--ledger", ledger, "--redis", redis,
            "--connections", options.RowConnections.ToString(CultureInfo.InvariantCulture),
        ];
}
