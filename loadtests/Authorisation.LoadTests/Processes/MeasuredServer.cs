using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Authorisation.LoadTests.Processes;

/// <summary>A measured server, in a separate process.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(10);

    private readonly ChildProcess _process;
    private readonly long _startedAt;

    private MeasuredServer(ChildProcess process, IPEndPoint address, long startedAt)
    {
        _process = process;
        _startedAt = startedAt;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>The moment when its health first said that it serves, by the stopwatch.</summary>
    public long ServingAt { get; private set; }

    /// <summary>How long after the start of its process that was.</summary>
    public TimeSpan ServingAfter => Stopwatch.GetElapsedTime(_startedAt, ServingAt);

    /// <summary>
    /// Starts a program that listens on the port that <paramref name="command"/> is given, a free one unless
    /// <paramref name="port"/> says which, and waits until it serves.
    /// </summary>
    public static async Task<MeasuredServer> StartAsync(
        string log, Func<int, IEnumerable<string>> command, IReadOnlyDictionary<string, string> environment, int? port = null)
    {
        var address = new IPEndPoint(IPAddress.Loopback, port ?? FreePort());
        var startedAt = Stopwatch.GetTimestamp();
        var process = await ChildProcess.StartAsync(log, command(address.Port), environment);
        var server = new MeasuredServer(process, address, startedAt);
        try
        {
            await server.BecomeReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>A port that nothing listens on.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task BecomeReadyAsync()
    {
        using var channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Address.Port}"));
        var client = new Health.HealthClient(channel);
        var until = DateTime.UtcNow + ReadyTimeout;
        while (!await ServesAsync(client))
        {
            if (!_process.IsRunning)
            {
                throw new LoadFailedException($"The server ended while it started:\n{_process.LogTail}");
            }

            if (DateTime.UtcNow > until)
            {
                throw new LoadFailedException($"The server is not ready after {ReadyTimeout.TotalSeconds:0} s:\n{_process.LogTail}");
            }

            await Task.Delay(ReadyPoll);
        }

        ServingAt = Stopwatch.GetTimestamp();
    }

    private static async Task<bool> ServesAsync(Health.HealthClient client)
    {
        try
        {
            var answer = await client.CheckAsync(new HealthCheckRequest(), deadline: DateTime.UtcNow + TimeSpan.FromSeconds(2));
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
