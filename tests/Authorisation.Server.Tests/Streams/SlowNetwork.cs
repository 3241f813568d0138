using System.Net;
using System.Net.Sockets;

namespace Authorisation.Server.Tests.Streams;

/// <summary>
/// A network between one client and a server on which what the server says can be late, while what the client says arrives at
/// once. When the server closes its connection, the client's is reset, and what was on its way is lost.
/// </summary>
/// <remarks>One connection; the delay is read by the task that carries answers, and set by the test.</remarks>
internal sealed class SlowNetwork : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Task _carrying;
    private long _delayTicks;

    public SlowNetwork(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _carrying = CarryAsync();
    }

    /// <summary>Where the client finds the server.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How late what the server says arrives from now on.</summary>
    public void Delay(TimeSpan delay) => Volatile.Write(ref _delayTicks, delay.Ticks);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _carrying;
        _stop.Dispose();
    }

    private async Task CarryAsync()
    {
        try
        {
            using var client = await _listener.AcceptSocketAsync(_stop.Token);
            using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            client.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            await Task.WhenAny(CarryRequestsAsync(client, server), CarryAnswersAsync(server, client));
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task CarryRequestsAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var length)
            {
                await to.SendAsync(buffer.AsMemory(0, length), _stop.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // One of the two is gone.
        }
    }

    private async Task CarryAnswersAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        var late = Task.CompletedTask;
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var length)
            {
                late = SendLateAsync(late, to, buffer[..length], TimeSpan.FromTicks(Volatile.Read(ref _delayTicks)));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // One of the two is gone, and what is late does not arrive.
        }
    }

    private async Task SendLateAsync(Task earlier, Socket to, byte[] answers, TimeSpan delay)
    {
        try
        {
            var wait = Task.Delay(delay, _stop.Token);
            await earlier;
            await wait;
            await to.SendAsync(answers, _stop.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone.
        }
    }
}
