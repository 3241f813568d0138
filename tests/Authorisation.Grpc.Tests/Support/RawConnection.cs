using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>An HTTP/2 connection written byte by byte, to break off where no client would.</summary>
public sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new();

    private NetworkStream Stream => _client.GetStream();

    public static async Task<RawConnection> OpenAsync(TestServer server)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(server.Address.Host, server.Address.Port).Soon();
        await connection.Stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection.FrameAsync(type: 4, flags: 0, stream: 0, []);
        return connection;
    }

    public Task HeadersAsync(int stream, string path, params (string Name, string Value)[] headers)
    {
        var block = new List<byte>();
        Add(block, ":method", "POST");
        Add(block, ":scheme", "http");
        Add(block, ":path", path);
        Add(block, ":authority", "localhost");
        Add(block, "content-type", "application/grpc");
        Add(block, "te", "trailers");
        foreach (var (name, value) in headers)
        {
            Add(block, name, value);
        }

        return FrameAsync(type: 1, flags: 4, stream, [.. block]);
    }

    public Task DataAsync(int stream, byte[] data, bool end = false) =>
        FrameAsync(type: 0, flags: end ? (byte)1 : (byte)0, stream, data);

    public Task ResetAsync(int stream) => FrameAsync(type: 3, flags: 0, stream, [0, 0, 0, 8]);

    /// <summary>Closes the socket so that the server sees a reset.</summary>
    public void Cut() => _client.Client.Close(timeout: 0);

    public void Dispose() => _client.Dispose();

    // A literal without indexing and without Huffman: the plainest form of a header.
    private static void Add(List<byte> block, string name, string value)
    {
        block.Add(0);
        block.Add((byte)name.Length);
        block.AddRange(Encoding.ASCII.GetBytes(name));
        block.Add((byte)value.Length);
        block.AddRange(Encoding.ASCII.GetBytes(value));
    }

    private async Task FrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)(payload.Length & 0xff);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await Stream.WriteAsync(frame);
    }
}
