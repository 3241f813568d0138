using System.Net;

namespace Authorisation.LoadTests.Http2;

/// <summary>A connection that makes a unary call of each request.</summary>
/// <param name="address">Where the server listens.</param>
/// <param name="token">The bearer token of every call.</param>
/// <param name="answered">
/// Receives each call that has its answer, from within <see cref="Http2Connection.Receive"/>.
/// </param>
internal sealed class GrpcConnection(IPEndPoint address, string token, Action<Call> answered)
    : Http2Connection(address, token)
{
    /// <summary>How many calls may be in flight: what the servers allow a connection.</summary>
    public const int CallsMax = 1000;

    private readonly Dictionary<int, Call> _calls = new(CallsMax);
    private int _nextStream = 1;

    /// <inheritdoc/>
    public override int InFlight => _calls.Count;

    /// <inheritdoc/>
    public override void Send(Call call)
    {
        var headers = Headers.For(call.Path);
        var body = GrpcPrefixBytes + call.RequestLength;
        if (!HasRoom((2 * FrameHeaderBytes) + headers.Length + body))
        {
            Flush();
        }

        MayBeSent -= body;
        if (MayBeSent < 0)
        {
            throw new LoadFailedException("The server does not take in what it is sent: its flow-control window is used up.");
        }

        call.Begin();
        var stream = _nextStream;
        _nextStream += 2;
        _calls.Add(stream, call);
        Frame(FrameType.Headers, EndHeaders, stream, headers.Length);
        Bytes(headers);
        Frame(FrameType.Data, EndStream, stream, body);
        Message(call.Request.AsSpan(0, call.RequestLength));
    }

    /// <inheritdoc/>
    protected override void TakeStatus(int stream, int status)
    {
        if (_calls.TryGetValue(stream, out var call))
        {
            call.Status = status;
        }
    }

    /// <inheritdoc/>
    protected override void TakeBody(int stream, ReadOnlySpan<byte> body)
    {
        if (_calls.TryGetValue(stream, out var call))
        {
            call.Receive(body);
        }
    }

    /// <inheritdoc/>
    protected override void TakeEnd(int stream)
    {
        if (_calls.Remove(stream, out var call))
        {
            answered(call);
        }
    }
}
