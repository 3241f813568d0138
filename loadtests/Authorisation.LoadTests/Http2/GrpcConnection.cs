using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Authorisation.LoadTests.Http2;

/// <summary>
/// One HTTP/2 connection (RFC 9113) in the clear that makes unary gRPC calls, many at once, for as little processor
/// time as possible: it shares the processors with what it measures. Requests gather in a buffer until
/// <see cref="Flush"/> sends them in one write; what one read brings is answered in one go.
/// </summary>
/// <remarks>
/// For one thread: nothing is locked. It knows as much of HTTP/2 as these calls need and fails loudly on anything else.
/// </remarks>
internal sealed class GrpcConnection : IDisposable
{
    /// <summary>How many calls may be in flight: what the servers allow a connection.</summary>
    public const int CallsMax = 1000;

    private const int FrameHeaderBytes = 9;
    private const int GrpcPrefixBytes = 5;
    private const int BufferBytes = 512 * 1024;
    private const int HeaderTableSize = 1;
    private const int InitialWindowSize = 4;
    private const int ConnectionWindow = int.MaxValue;
    private const int DefaultWindow = 65_535;
    private const int EndStream = 0x1;
    private const int Acknowledge = 0x1;
    private const int EndHeaders = 0x4;
    private const int Padded = 0x8;
    private const int Priority = 0x20;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _in = new byte[BufferBytes];
    private readonly byte[] _out = new byte[BufferBytes];
    private readonly Dictionary<int, Call> _calls = new(CallsMax);
    private readonly HeaderBlocks _headers;
    private readonly Action<Call> _answered;
    private int _inLength;
    private int _outLength;
    private int _nextStream = 1;
    private long _mayBeSent = DefaultWindow;
    private long _receivedBytes;
    private bool _settingsSeen;

    /// <summary>Connects.</summary>
    /// <param name="address">Where the server listens.</param>
    /// <param name="token">The bearer token of every call.</param>
    /// <param name="answered">Is told each call that has its answer, from within <see cref="Receive"/>.</param>
    public GrpcConnection(IPEndPoint address, string token, Action<Call> answered)
    {
        _headers = new HeaderBlocks(address.ToString(), token);
        _answered = answered;
        _socket.ReceiveTimeout = (int)Silence.TotalMilliseconds;
        _socket.SendTimeout = (int)Silence.TotalMilliseconds;
        try
        {
            _socket.Connect(address);
            SendPreface();
            while (!_settingsSeen || _mayBeSent <= DefaultWindow)
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
    public int InFlight => _calls.Count;

    /// <summary>The socket's descriptor, to wait for answers on.</summary>
    public int Descriptor => (int)_socket.Handle;

    /// <summary>Puts a call among those that the next <see cref="Flush"/> sends.</summary>
    public void Send(Call call)
    {
        var headers = _headers.For(call.Path);
        var body = GrpcPrefixBytes + call.RequestLength;
        if (_outLength + (2 * FrameHeaderBytes) + headers.Length + body > _out.Length)
        {
            Flush();
        }

        _mayBeSent -= body;
        if (_mayBeSent < 0)
        {
            throw new LoadFailedException("The server does not take in what it is sent: its flow-control window is used up.");
        }

        call.Begin();
        var stream = _nextStream;
        _nextStream += 2;
        _calls.Add(stream, call);
        Frame(FrameType.Headers, EndHeaders, stream, headers.Length);
        headers.CopyTo(_out.AsSpan(_outLength));
        _outLength += headers.Length;
        Frame(FrameType.Data, EndStream, stream, body);
        _out[_outLength] = 0;
        BinaryPrimitives.WriteInt32BigEndian(_out.AsSpan(_outLength + 1), call.RequestLength);
        call.Request.AsSpan(0, call.RequestLength).CopyTo(_out.AsSpan(_outLength + GrpcPrefixBytes));
        _outLength += body;
    }

    /// <summary>Sends what has gathered.</summary>
    public void Flush()
    {
        for (var sent = 0; sent < _outLength;)
        {
            sent += _socket.Send(_out.AsSpan(sent, _outLength - sent));
        }

        _outLength = 0;
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
    public void Dispose() => _socket.Dispose();

    private void SendPreface()
    {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(_out);
        _outLength = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.Length;
        Frame(FrameType.Settings, 0, 0, 12);
        Setting(HeaderTableSize, 0);
        Setting(InitialWindowSize, 1 << 20);
        Frame(FrameType.WindowUpdate, 0, 0, sizeof(int));
        Number(ConnectionWindow - DefaultWindow);
        Flush();
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
                _mayBeSent += BinaryPrimitives.ReadInt32BigEndian(payload);
                break;
            case FrameType.Settings when (flags & Acknowledge) == 0:
                _settingsSeen = true;
                Frame(FrameType.Settings, Acknowledge, 0, 0);
                Flush();
                break;
            case FrameType.Ping when (flags & Acknowledge) == 0:
                Frame(FrameType.Ping, Acknowledge, 0, payload.Length);
                payload.CopyTo(_out.AsSpan(_outLength));
                _outLength += payload.Length;
                Flush();
                break;
            case FrameType.GoAway:
                throw new LoadFailedException($"The server is going away with {InFlight} calls in flight.");
            case FrameType.Continuation:
                throw new LoadFailedException("The server continues headers, which this client cannot read.");
            case FrameType.Reset when _calls.ContainsKey(stream):
                End(stream);
                break;
        }
    }

    private void TakeHeaders(int flags, int stream, ReadOnlySpan<byte> payload)
    {
        if ((flags & EndHeaders) == 0 || (flags & (Padded | Priority)) != 0)
        {
            throw new LoadFailedException("The server sends headers in a form that this client cannot read.");
        }

        if (HeaderDecoder.ReadStatus(payload) is var status and not HeaderDecoder.NoStatus
            && _calls.TryGetValue(stream, out var call))
        {
            call.Status = status;
        }

        if ((flags & EndStream) != 0)
        {
            End(stream);
        }
    }

    private void TakeData(int flags, int stream, ReadOnlySpan<byte> payload)
    {
        if ((flags & Padded) != 0)
        {
            throw new LoadFailedException("The server pads its data, which this client cannot read.");
        }

        if (_calls.TryGetValue(stream, out var call))
        {
            call.Receive(payload);
        }

        _receivedBytes += payload.Length;
        if (_receivedBytes > ConnectionWindow / 2)
        {
            Frame(FrameType.WindowUpdate, 0, 0, sizeof(int));
            Number((int)_receivedBytes);
            _receivedBytes = 0;
            Flush();
        }

        if ((flags & EndStream) != 0)
        {
            End(stream);
        }
    }

    private void End(int stream)
    {
        if (_calls.Remove(stream, out var call))
        {
            _answered(call);
        }
    }

    private void Frame(FrameType type, int flags, int stream, int length)
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
