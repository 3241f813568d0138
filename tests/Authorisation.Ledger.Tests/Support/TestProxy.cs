using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Authorisation.Ledger.Tests.Support;

/// <summary>
/// A network between a server and its Postgres that fails where a test wants it to: it holds back what is sent, and cuts
/// the connection whose request contains a tombstone.
/// </summary>
/// <remarks>
/// Safe for several threads: a cut is taken by whoever exchanges it first, the gate is a task that is replaced as a
/// whole, and the rest belongs to one connection's two pumps.
/// </remarks>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _gate = new();
    private Cut? _cut;
    private int _cuts;
    private int _requests;

    public TestProxy(int serverPort)
    {
        _serverPort = serverPort;
        _gate.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>How many requests came, as pieces of what the network carries.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Cuts the next connection that sends a tombstone, once.</summary>
    public void CutAt(CutPoint point, string mark) =>
        Volatile.Write(ref _cut, new Cut(point, Encoding.UTF8.GetBytes(mark)));

    /// <summary>Sends nothing on to Postgres until <see cref="Release"/>; the connections stay open.</summary>
    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _gate.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Release();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
                var connection = new Connection(client, server);
                await Task.WhenAny(SendRequestsAsync(connection), SendAnswersAsync(connection));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Postgres is not there: the client sees its connection closed.
            }

            // At once, as when a cable is pulled and the firewall answers.
            client.LingerState = server.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }

    private async Task SendRequestsAsync(Connection connection)
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (true)
            {
                var length = await connection.Client.ReceiveAsync(buffer, _stop.Token);
                Interlocked.Increment(ref _requests);
                await _gate.Task;
                var cut = length == 0 ? null : TakeCut(buffer.AsSpan(0, length));
                connection.WithholdsAnswer |= cut?.Point == CutPoint.BeforeAnswer;
                if (length > 0 && cut?.Point != CutPoint.BeforeRequest)
                {
                    await connection.Server.SendAsync(buffer.AsMemory(0, length), _stop.Token);
                }

                if (length == 0 || cut?.Point is CutPoint.BeforeRequest or CutPoint.DuringRequest)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone, so the other goes too.
        }
    }

    private async Task SendAnswersAsync(Connection connection)
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (true)
            {
                var length = await connection.Server.ReceiveAsync(buffer, _stop.Token);
                if (length == 0)
                {
                    return;
                }

                if (!connection.WithholdsAnswer)
                {
                    await connection.Client.SendAsync(buffer.AsMemory(0, length), _stop.Token);
                }
                else if (IsReadyForQuery(buffer.AsSpan(0, length)))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone, so the other goes too.
        }
    }

    private Cut? TakeCut(ReadOnlySpan<byte> request)
    {
        var cut = Volatile.Read(ref _cut);
        if (cut is null || request.IndexOf(cut.Mark) < 0 || Interlocked.CompareExchange(ref _cut, null, cut) != cut)
        {
            return null;
        }

        Interlocked.Increment(ref _cuts);
        return cut;
    }

    // The last message of an answer: Postgres is idle, outside of any transaction.
    private static bool IsReadyForQuery(ReadOnlySpan<byte> answer) => answer.EndsWith("Z\0\0\0\u0005I"u8);

    private sealed record Cut(CutPoint Point, byte[] Mark);

    private sealed class Connection(Socket client, Socket server)
    {
        public Socket Client { get; } = client;

        public Socket Server { get; } = server;

        public volatile bool WithholdsAnswer;
    }
}
