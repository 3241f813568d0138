using System.Buffers.Binary;
using System.Net;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Http2;

/// <summary>
/// A connection that sends every request on one long stream, and pairs the answers by their place in it.
/// </summary>
/// <param name="address">Where the server listens.</param>
/// <param name="token">The bearer token of the stream.</param>
/// <param name="answered">
/// Receives each call that has its answer, from within <see cref="Http2Connection.Receive"/>.
/// </param>
internal sealed class StreamConnection(IPEndPoint address, string token, Action<Call> answered)
    : Http2Connection(address, token)
{
    private const string Path = "/authorisation.v1.AuthorisationService/AuthoriseStream";
    private const int Stream = 1;
    private const int FrameBytesMax = 16_384;
    private const int BufferBytes = 1 << 20;

    private readonly Dictionary<ulong, Call> _calls = [];
    private readonly byte[] _requests = new byte[BufferBytes];
    private readonly byte[] _answers = new byte[BufferBytes];
    private ulong _nextIndex;
    private int _requestsFrom;
    private int _requestsLength;
    private int _answersLength;
    private int _received;
    private long _streamMayBeSent;
    private int _status = HeaderDecoder.NoStatus;
    private bool _isOpen;
    private bool _isEnding;
    private bool _hasEnded;

    /// <inheritdoc/>
    public override int InFlight => _calls.Count;

    /// <inheritdoc/>
    public override void Send(Call call)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            _streamMayBeSent = WindowOfNewStreams;
            var headers = Headers.For(Path);
            Frame(FrameType.Headers, EndHeaders, Stream, headers.Length);
            Bytes(headers);
        }

        var length = GrpcPrefixBytes + call.RequestLength;
        if (_requestsLength + length > _requests.Length)
        {
            _requests.AsSpan(_requestsFrom, _requestsLength - _requestsFrom).CopyTo(_requests);
            (_requestsFrom, _requestsLength) = (0, _requestsLength - _requestsFrom);
        }

        if (_requestsLength + length > _requests.Length)
        {
            throw new LoadFailedException("The server does not take in what it is sent: its flow-control window is used up.");
        }

        call.Begin();
        _calls.Add(_nextIndex++, call);
        WritePrefix(_requests.AsSpan(_requestsLength), call.RequestLength);
        call.Request.AsSpan(0, call.RequestLength).CopyTo(_requests.AsSpan(_requestsLength + GrpcPrefixBytes));
        _requestsLength += length;
    }

    /// <summary>Sends what has gathered, as far as the server has room for it.</summary>
    public override void Flush()
    {
        while (_requestsFrom < _requestsLength)
        {
            var length = (int)Math.Min(
                Math.Min(_requestsLength - _requestsFrom, FrameBytesMax), Math.Min(_streamMayBeSent, MayBeSent));
            if (length <= 0)
            {
                break;
            }

            if (!HasRoom(FrameHeaderBytes + length))
            {
                base.Flush();
            }

            Frame(FrameType.Data, 0, Stream, length);
            Bytes(_requests.AsSpan(_requestsFrom, length));
            _requestsFrom += length;
            _streamMayBeSent -= length;
            MayBeSent -= length;
        }

        if (_requestsFrom == _requestsLength)
        {
            (_requestsFrom, _requestsLength) = (0, 0);
        }

        base.Flush();
    }

    /// <summary>Says that nothing more comes; the server must then end the stream with OK.</summary>
    public override void End()
    {
        if (!_isOpen || _hasEnded)
        {
            return;
        }

        _isEnding = true;
        Frame(FrameType.Data, EndStream, Stream, 0);
        base.Flush();
        while (!_hasEnded)
        {
            Receive();
        }

        if (_status != 0)
        {
            throw new LoadFailedException($"The stream ended with status {_status} and had to end with 0.");
        }
    }

    /// <inheritdoc/>
    protected override void TakeStatus(int stream, int status) => _status = status;

    /// <inheritdoc/>
    protected override void TakeRoom(int stream, int bytes) => _streamMayBeSent += bytes;

    /// <inheritdoc/>
    protected override void TakeBody(int stream, ReadOnlySpan<byte> body)
    {
        body.CopyTo(_answers.AsSpan(_answersLength));
        _answersLength += body.Length;
        var taken = 0;
        while (_answersLength - taken >= GrpcPrefixBytes)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_answers.AsSpan(taken + 1));
            if (_answersLength - taken - GrpcPrefixBytes < length)
            {
                break;
            }

            TakeAnswer(_answers.AsSpan(taken + GrpcPrefixBytes, length));
            taken += GrpcPrefixBytes + length;
        }

        _answers.AsSpan(taken, _answersLength - taken).CopyTo(_answers);
        _answersLength -= taken;
        _received += body.Length;
        if (_received > StreamWindow / 2)
        {
            GiveRoom(Stream, _received);
            _received = 0;
        }
    }

    /// <inheritdoc/>
    protected override void TakeEnd(int stream)
    {
        _hasEnded = true;
        if (!_isEnding)
        {
            throw new LoadFailedException($"The server ended the stream with status {_status}, with {InFlight} calls in flight.");
        }
    }

    private void TakeAnswer(ReadOnlySpan<byte> message)
    {
        var fields = StreamAnswerFields.Read(message);
        if (!_calls.Remove(fields.Index, out var call))
        {
            throw new LoadFailedException($"The server answered request {fields.Index} of the stream twice, or before it was sent.");
        }

        call.Status = fields.Code;
        call.Take(fields.Response);
        answered(call);
    }
}
