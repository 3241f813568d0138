using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Authorisation.LoadTests.Http2;

/// <summary>
/// One HTTP/2 connection (RFC 9113) in the clear that makes gRPC calls, many at once, for as little processor time as
/// possible: it shares the processors with what it measures. Requests gather in a buffer until <see cref="Flush"/>
/// sends them in one write; what one read brings is answered in one go.
/// </summary>
/// <remarks>
/// For one thread: nothing is locked. It knows as much of HTTP/2 as these calls need and fails loudly on anything else.
/// </remarks>
internal abstract class Http2Connection : IDisposable
{
    /// <summary>The bytes before each message: whether it is compressed, and its length.</summary>
    protected const int GrpcPrefixBytes = 5;

    /// <summary>The bytes before each frame.</summary>
    protected const int FrameHeaderBytes = 9;

    /// <summary>The flag of a frame that is the last of its stream.</summary>
    protected const int EndStream = 0x1;

    /// <summary>The flag of headers that are complete.</summary>
    protected const int EndHeaders = 0x4;

    /// <summary>The window of a stream, and of the connection, unless set otherwise.</summary>
    protected const int DefaultWindow = 65_535;

    /// <summary>How much of a stream the server may send ahead.</summary>
    protected const int StreamWindow = 1 << 20;

    private const int BufferBytes = 512 * 1024;
    private const int HeaderTableSize = 1;
    private const int InitialWindowSize = 4;
    private const int SettingBytes = 6;
    private const int ConnectionWindow = int.MaxValue;
    private const int Acknowledge = 0x1;
    private const int Padded = 0x8;
    private const int Priority = 0x20;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _in = new byte[BufferBytes];
    private readonly byte[] _out = new byte[BufferBytes];
    private int _inLength;
    private int _outLength;
    private long _receivedBytes;
    private bool _settingsSeen;

    /// <summary>Connects.</summary>
    /// <param name="address">Where the server listens.</param>
    /// <param name="token">The bearer token of every call.</param>
    protected Http2Connection(IPEndPoint address, string token)
    {
        Headers = new HeaderBlocks(address.ToString(), token);
        _socket.ReceiveTimeout = (int)Silence.TotalMilliseconds;
        _socket.SendTimeout = (int)Silence.TotalMilliseconds;
        try
        {
            _socket.Connect(address);
            SendPreface();
            while (!_settingsSeen || MayBeSent <= DefaultWindow)
            {
                Receive();
            }
        }
        catch (Exception e) when (e is SocketException or LoadFailedException)
        {
            _socket.Dispose();
            throw new LoadFailedException($"{address} does not speak HTTP/2: {e.Message}", e);
        }
    }

    /// <summary>How many calls wait for their answers.</summary>
    public abstract int InFlight { get; }

    /// <summary>The socket's descriptor, to wait for answers on.</summary>
    public int Descriptor => (int)_socket.Handle;

    /// <summary>The header blocks to send.</summary>
    protected HeaderBlocks Headers { get; }

    /// <summary>How many bytes the connection's window has room for.</summary>
    protected long MayBeSent { get; set; } = DefaultWindow;

    /// <summary>How many bytes the server lets each stream begin with.</summary>
    protected int WindowOfNewStreams { get; private set; } = DefaultWindow;

    /// <summary>Puts a call among those that the next <see cref="Flush"/> sends.</summary>
    public abstract void Send(Call call);

    /// <summary>Sends what has gathered.</summary>
    public virtual void Flush() => SendGathered();

    /// <summary>Ends in order, when there is nothing in flight any more.</summary>
    public virtual void End()
    {
    }

    /// <summary>Waits until something comes and takes it in, and all that came with it.</summary>
    public void Receive()
    {
        int read;
        try
        {
            read = _socket.Receive(_in.AsSpan(_inLength));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new LoadFailedException(
                $"The server has been silent for {Silence.TotalSeconds:0} s with {InFlight} calls in flight.");
        }

        if (read == 0)
        {
            throw new LoadFailedException($"The server closed the connection with {InFlight} calls in flight.");
        }

        _inLength += read;
        var taken = 0;
        while (_inLength - taken >= FrameHeaderBytes)
        {
            var header = _in.AsSpan(taken, FrameHeaderBytes);
            var length = (header[0] << 16) | (header[1] << 8) | header[2];
            if (_inLength - taken - FrameHeaderBytes < length)
            {
                break;
            }

            var stream = BinaryPrimitives.ReadInt32BigEndian(header[5..]) & int.MaxValue;
            Take((FrameType)header[3], header[4], stream, _in.AsSpan(taken + FrameHeaderBytes, length));
            taken += FrameHeaderBytes + length;
        }

        _in.AsSpan(taken, _inLength - taken).CopyTo(_in);
        _inLength -= taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the connection.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
        }
    }

    /// <summary>Takes the gRPC status of a stream in.</summary>
    protected abstract void TakeStatus(int stream, int status);

    /// <summary>Takes a piece of a stream's answer in.</summary>
    protected abstract void TakeBody(int stream, ReadOnlySpan<byte> body);

    /// <summary>The server has ended a stream.</summary>
    protected abstract void TakeEnd(int stream);

    /// <summary>The server has room for more of a stream.</summary>
    protected virtual void TakeRoom(int stream, int bytes)
    {
    }

    /// <summary>Whether so many bytes fit before the next flush.</summary>
    protected bool HasRoom(int bytes) => _outLength + bytes <= _out.Length;

    /// <summary>Puts the header of a frame in the buffer.</summary>
    protected void Frame(FrameType type, int flags, int stream, int length)
    {
        var header = _out.AsSpan(_outLength, FrameHeaderBytes);
        header[0] = (byte)(length >> 16);
        header[1] = (byte)((length >> 8) & 0xFF);
        header[2] = (byte)(length & 0xFF);
        header[3] = (byte)type;
        header[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        _outLength += FrameHeaderBytes;
    }

    /// <summary>Puts bytes in the buffer.</summary>
    protected void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_out.AsSpan(_outLength));
        _outLength += bytes.Length;
    }

    /// <summary>Puts a message with its prefix in the buffer.</summary>
    protected void Message(ReadOnlySpan<byte> message)
    {
        WritePrefix(_out.AsSpan(_outLength), message.Length);
        _outLength += GrpcPrefixBytes;
        Bytes(message);
    }

    /// <summary>Writes the prefix of a message.</summary>
    protected static void WritePrefix(Span<byte> to, int length)
    {
        to[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(to[1..], length);
    }

    /// <summary>Lets the server send more of a stream, or of all.</summary>
    protected void GiveRoom(int stream, int bytes)
    {
        Frame(FrameType.WindowUpdate, 0, stream, sizeof(int));
        Number(bytes);
    }

    private void SendPreface()
    {
        Bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Frame(FrameType.Settings, 0, 0, 2 * SettingBytes);
        Setting(HeaderTableSize, 0);
        Setting(InitialWindowSize, StreamWindow);
        GiveRoom(stream: 0, ConnectionWindow - DefaultWindow);
        SendGathered();
    }

    private void Take(FrameType type, int flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case FrameType.Headers:
                TakeHeaders(flags, stream, payload);
                break;
            case FrameType.Data:
                TakeData(flags, stream, payload);
                break;
            case FrameType.WindowUpdate when stream == 0:
                MayBeSent += BinaryPrimitives.ReadInt32BigEndian(payload);
                break;
            case FrameType.WindowUpdate:
                TakeRoom(stream, BinaryPrimitives.ReadInt32BigEndian(payload));
                break;
            case FrameType.Settings when (flags & Acknowledge) == 0:
                TakeSettings(payload);
                break;
            case FrameType.Ping when (flags & Acknowledge) == 0:
                Frame(FrameType.Ping, Acknowledge, 0, payload.Length);
                Bytes(payload);
                SendGathered();
                break;
            case FrameType.GoAway:
                throw new LoadFailedException($"The server is going away with {InFlight} calls in flight.");
            case FrameType.Continuation:
                throw new LoadFailedException("The server continues headers, which this client cannot read.");
            case FrameType.Reset:
                TakeEnd(stream);
                break;
        }
    }

    private void TakeSettings(ReadOnlySpan<byte> settings)
    {
        for (; settings.Length >= SettingBytes; settings = settings[SettingBytes..])
        {
            if (BinaryPrimitives.ReadInt16BigEndian(settings) == InitialWindowSize)
            {
                WindowOfNewStreams = BinaryPrimitives.ReadInt32BigEndian(settings[sizeof(short)..]);
            }
        }

        _settingsSeen = true;
        Frame(FrameType.Settings, Acknowledge, 0, 0);
        SendGathered();
    }

    private void TakeHeaders(int flags, int stream, ReadOnlySpan<byte> payload)
    {
        if ((flags & EndHeaders) == 0 || (flags & (Padded | Priority)) != 0)
        {
            throw new LoadFailedException("The server sends headers in a form that this client cannot read.");
        }

        if (HeaderDecoder.ReadStatus(payload) is var status and not HeaderDecoder.NoStatus)
        {
            TakeStatus(stream, status);
        }

        if ((flags & EndStream) != 0)
        {
            TakeEnd(stream);
        }
    }

    private void TakeData(int flags, int stream, ReadOnlySpan<byte> payload)
    {
        if ((flags & Padded) != 0)
        {
            throw new LoadFailedException("The server pads its data, which this client cannot read.");
        }

        TakeBody(stream, payload);
        _receivedBytes += payload.Length;
        if (_receivedBytes > ConnectionWindow / 2)
        {
            GiveRoom(stream: 0, (int)_receivedBytes);
            _receivedBytes = 0;
            SendGathered();
        }

        if ((flags & EndStream) != 0)
        {
            TakeEnd(stream);
        }
    }

    private void SendGathered()
    {
        for (var sent = 0; sent < _outLength;)
        {
            sent += _socket.Send(_out.AsSpan(sent, _outLength - sent));
        }

        _outLength = 0;
    }

    private void Setting(int name, int value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_out.AsSpan(_outLength), (short)name);
        _outLength += sizeof(short);
        Number(value);
    }

    private void Number(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_out.AsSpan(_outLength), value);
        _outLength += sizeof(int);
    }
}
