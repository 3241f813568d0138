using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Authorisation.Testing;
using Grpc.Core;

namespace Authorisation.Server.Tests.Strangers;

/// <summary>An HTTP/2 connection written frame by frame, to do what no honest client does. One reader, one writer.</summary>
internal sealed class RawHttp2 : IDisposable
{
    public const string Authorise = "/authorisation.v1.AuthorisationService/Authorise";
    public const string AuthoriseStream = "/authorisation.v1.AuthorisationService/AuthoriseStream";
    public const string HealthCheck = "/grpc.health.v1.Health/Check";
    public const string HealthWatch = "/grpc.health.v1.Health/Watch";
    public const string SubmitAdvices = "/authorisation.v1.OfflineService/SubmitAdvices";
    public const string WatchCards = "/authorisation.v1.OfflineService/WatchCards";
    public const string Reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

    public static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    // The server is to remember no headers, so that each answer's stand in it as text.
    private static readonly byte[] NoHeaderTable = [0, 1, 0, 0, 0, 0];

    private const int FrameHeaderBytes = 9;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _header = new byte[FrameHeaderBytes];
    private NetworkStream _stream = null!;
    private int _nextStream = 1;

    /// <summary>Connects, and says nothing yet.</summary>
    public static async Task<RawHttp2> ConnectAsync(Uri address)
    {
        var connection = new RawHttp2();
        await connection._client.ConnectAsync(address.Host, address.Port).WaitAsync(Eventually.Bound);
        connection._stream = connection._client.GetStream();
        return connection;
    }

    /// <summary>Connects and greets the server as a client does.</summary>
    public static async Task<RawHttp2> OpenAsync(Uri address)
    {
        var connection = await ConnectAsync(address);
        await connection.WriteAsync([.. Preface, .. Frame(FrameKind.Settings, 0, 0, NoHeaderTable)]);
        return connection;
    }

    /// <summary>The number of the next call.</summary>
    public int NextStream() => (_nextStream += 2) - 2;

    /// <summary>Begins a call.</summary>
    public Task HeadersAsync(
        int stream, string path, string? token = null, bool end = false, params (string Name, string Value)[] more) =>
        WriteAsync(Frame(FrameKind.Headers, (byte)(EndHeaders | (end ? EndStream : 0)), stream, HeaderBlock(path, token, more)));

    /// <summary>Sends a piece of a call's body.</summary>
    public Task DataAsync(int stream, byte[] data, bool end = false) =>
        WriteAsync(Frame(FrameKind.Data, end ? EndStream : (byte)0, stream, data));

    /// <summary>Sends bytes as they are.</summary>
    public async Task WriteAsync(byte[] bytes, CancellationToken stop = default) => await _stream.WriteAsync(bytes, stop);

    /// <summary>The next frame; null once the server has closed the connection.</summary>
    public async Task<RawFrame?> ReadAsync()
    {
        using var bound = new CancellationTokenSource(Eventually.ProcessBound);
        try
        {
            await _stream.ReadExactlyAsync(_header, bound.Token);
            var payload = new byte[(_header[0] << 16) | (_header[1] << 8) | _header[2]];
            await _stream.ReadExactlyAsync(payload, bound.Token);
            return new RawFrame(
                (FrameKind)_header[3], _header[4], BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(5)), payload);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Reads until a frame is as wanted; null if the server closes the connection before.</summary>
    public async Task<RawFrame?> ReadUntilAsync(Func<RawFrame, bool> isWanted)
    {
        while (await ReadAsync() is { } frame)
        {
            if (isWanted(frame))
            {
                return frame;
            }
        }

        return null;
    }

    /// <summary>The headers that end a call.</summary>
    public async Task<RawFrame> EndOfAsync(int stream) =>
        await ReadUntilAsync(frame => frame.Kind == FrameKind.Headers && frame.Stream == stream && frame.EndsStream)
            ?? throw new IOException($"The server closed the connection before it answered call {stream}.");

    /// <summary>Reads until the server has closed the connection.</summary>
    public async Task IsClosedAsync()
    {
        if (await ReadUntilAsync(static _ => false) is not null)
        {
            throw new IOException("The connection is open.");
        }
    }

    /// <summary>Reads nothing, and waits until the server has cut the connection off, which writing tells.</summary>
    public async Task IsBrokenAsync(CancellationToken stop)
    {
        while (true)
        {
            await WriteAsync(Frame(FrameKind.Ping, 0, 0, new byte[8]), stop);
            await Task.Delay(TimeSpan.FromMilliseconds(20), stop);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The bytes of a frame.</summary>
    public static byte[] Frame(FrameKind kind, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[FrameHeaderBytes + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)((payload.Length >> 8) & 0xff);
        frame[2] = (byte)(payload.Length & 0xff);
        frame[3] = (byte)kind;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, FrameHeaderBytes);
        return frame;
    }

    /// <summary>The headers of a call: each a literal without indexing and without Huffman, the plainest form.</summary>
    public static byte[] HeaderBlock(string path, string? token, params (string Name, string Value)[] more)
    {
        var block = new List<byte>();
        Add(block, ":method", "POST");
        Add(block, ":scheme", "http");
        Add(block, ":path", path);
        Add(block, ":authority", "localhost");
        if (!more.Any(static header => header.Name == "content-type"))
        {
            Add(block, "content-type", "application/grpc");
        }

        Add(block, "te", "trailers");
        foreach (var (name, value) in more)
        {
            Add(block, name, value);
        }

        if (token is not null)
        {
            Add(block, "authorization", $"Bearer {token}");
        }

        return [.. block];
    }

    /// <summary>
    /// The headers of a call so that the server remembers each, and those of calls like it, a byte for each header; the first
    /// such on a connection.
    /// </summary>
    public static (byte[] First, byte[] Again) RepeatableHeaderBlocks(string path)
    {
        const byte remembered = 0x40;
        const int indexed = 0x80;
        const int lastOfStaticTable = 61;
        var block = HeaderBlock(path, token: null);
        var headers = 0;
        for (var at = 0; at < block.Length; headers++)
        {
            block[at++] = remembered;
            at += block[at] + 1;
            at += block[at] + 1;
        }

        return (block, [.. Enumerable.Range(0, headers).Select(i => (byte)(indexed | (lastOfStaticTable + headers - i)))]);
    }

    /// <summary>A message with the length before it, of which as much is given as <paramref name="sent"/> says.</summary>
    public static byte[] Message(byte[] payload, int? sent = null)
    {
        var message = new byte[payload.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), payload.Length);
        payload.CopyTo(message, 5);
        return message[..(sent ?? message.Length)];
    }

    public static void Add(List<byte> block, string name, string value)
    {
        block.Add(0);
        block.Add((byte)name.Length);
        block.AddRange(Encoding.ASCII.GetBytes(name));
        block.Add((byte)value.Length);
        block.AddRange(Encoding.ASCII.GetBytes(value));
    }
}

/// <summary>The kinds of frames, by their numbers on the wire (RFC 9113, section 6).</summary>
internal enum FrameKind
{
    Data = 0,
    Headers = 1,
    Reset = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>A frame as it was read.</summary>
internal sealed record RawFrame(FrameKind Kind, byte Flags, int Stream, byte[] Payload)
{
    /// <summary>Whether it is the last of its stream.</summary>
    public bool EndsStream => (Flags & 1) != 0;

    /// <summary>Its payload as text: the server sends its headers without Huffman coding, so names and values can be found.</summary>
    public string Text => Encoding.Latin1.GetString(Payload);

    /// <summary>The status of the call that it ends.</summary>
    public StatusCode GrpcStatus
    {
        get
        {
            // After the name comes the length of the value; the name of the details begins with the same letters.
            var status = Regex.Match(Text, "grpc-status[\u0001\u0002](?<code>[0-9]+)", RegexOptions.None, Eventually.Bound);
            return (StatusCode)int.Parse(status.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
        }
    }
}
