using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Authorisation.Testing;

/// <summary>
/// The socket that systemd has for a service of <c>Type=notify</c>, with what was sent to it in its order. One task receives, into
/// a concurrent queue.
/// </summary>
public sealed class NotifySocket : IAsyncDisposable
{
    private const int MessageBytesMax = 4096;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _receiving;

    /// <summary>Opens it.</summary>
    public NotifySocket()
    {
        Path = TestDirectory.NewPath("notify");
        _socket.Bind(new UnixDomainSocketEndPoint(Path));
        _receiving = ReceiveAsync();
    }

    /// <summary>What <c>NOTIFY_SOCKET</c> is to be.</summary>
    public string Path { get; }

    /// <summary>Each assignment that came, such as <c>READY=1</c>.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>How often it came.</summary>
    public int Count(string line) => _lines.Count(one => one == line);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[MessageBytesMax];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                foreach (var line in Encoding.UTF8.GetString(buffer, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    _lines.Enqueue(line);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
