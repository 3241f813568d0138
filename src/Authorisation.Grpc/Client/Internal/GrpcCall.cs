using Grpc.Core;
using Grpc.Core.Internal;
using Grpc.Net.Compression;
using Grpc.Shared;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// One call of a client.
/// <para>
/// The caller's threads, HTTP's and the timer's meet here. How the call ended is decided once, under
/// <see cref="_gate"/>: the first of the answer's status, the deadline, a cancellation and a failure wins, and the
/// rest change nothing. Why the call was cancelled is noted under the same lock before the cancellation is made, so
/// that whoever sees the cancellation sees its cause. The response's body is read by one reader at a time, which
/// <see cref="ClientResponseStream{TRequest, TResponse}"/> sees to, and a request's stream is written by one writer
/// at a time, which <see cref="ClientRequestStream{TRequest, TResponse}"/> sees to.
/// </para>
/// </summary>
internal sealed partial class GrpcCall<TRequest, TResponse> : IClientCall
    where TRequest : class
    where TResponse : class
{
    private static readonly Status CancelledByClient = new(StatusCode.Cancelled, "Call canceled by the client.");
    private static readonly Status Disposed = new(StatusCode.Cancelled, "gRPC call disposed.");
    private static readonly Status DeadlinePassed = new(StatusCode.DeadlineExceeded, "Deadline Exceeded");
    private static readonly Status NoResponse = new(StatusCode.Internal, "Failed to deserialize response message.");
    private static readonly Status ManyResponses = new(StatusCode.Internal, "More than one response to a unary call.");
    private static readonly Status NoStatus = new(StatusCode.Cancelled, "No grpc-status found on response.");

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    private readonly string? _host;
    private readonly DateTime _deadline;
    private Timer? _timer;
    private readonly CancellationTokenRegistration _callerCancels;
    private readonly CancellationTokenRegistration _parentCancels;
    private Task<ResponseReader?> _opened = null!;
    private Task<Metadata>? _responseHeaders;
    private HttpRequestMessage? _request;
    private HttpResponseMessage? _response;
    private Status? _cause;
    private Status? _status;
    private Metadata _trailers = Metadata.Empty;

    public GrpcCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        var parent = options.PropagationToken as CallContextPropagationToken;
        _deadline = Earlier(options.Deadline, parent?.Deadline);
        channel.Register(this);
        if (options.CancellationToken.CanBeCanceled)
        {
            _callerCancels = options.CancellationToken.UnsafeRegister(OnCallerCancelled, this);
        }

        if (parent is { CancellationToken.CanBeCanceled: true })
        {
            _parentCancels = parent.CancellationToken.UnsafeRegister(OnCallerCancelled, this);
        }

        if (_deadline != DateTime.MaxValue)
        {
            _timer = new Timer(static call => ((GrpcCall<TRequest, TResponse>)call!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            OnTimer();
        }
    }

    public ClientRequestStream<TRequest, TResponse> Requests { get; private set; } = null!;

    public ClientResponseStream<TRequest, TResponse> Responses { get; private set; } = null!;

    public Task<Metadata> ResponseHeadersAsync
    {
        get
        {
            lock (_gate)
            {
                return _responseHeaders ??= ReadHeadersAsync();
            }
        }
    }

    /// <summary>The response's reader once its headers have come; null if the call ended with them or before them.</summary>
    public Task<ResponseReader?> Opened => _opened;

    public CancellationToken CancellationToken => _cancellation.Token;

    public WriteOptions? WriteOptions => _options.WriteOptions;

    public Func<DeserializationContext, TResponse> Deserializer => _method.ResponseMarshaller.ContextualDeserializer;

    /// <summary>How the call ended; null while it goes on.</summary>
    public Status? Ended
    {
        get
        {
            lock (_gate)
            {
                return _status;
            }
        }
    }

    public Task<TResponse> StartUnaryAsync(TRequest request)
    {
        _opened = OpenAsync(request, content: null);
        return ReadSingleAsync();
    }

    public void StartServerStreaming(TRequest request)
    {
        _opened = OpenAsync(request, content: null);
        Responses = new ClientResponseStream<TRequest, TResponse>(this);
    }

    public Task<TResponse> StartClientStreamingAsync()
    {
        StartWriting();
        return ReadSingleAsync();
    }

    public void StartDuplexStreaming()
    {
        StartWriting();
        Responses = new ClientResponseStream<TRequest, TResponse>(this);
    }

    public Status GetStatus() => Ended
        ?? throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    public Metadata GetTrailers()
    {
        lock (_gate)
        {
            return _status is null
                ? throw new InvalidOperationException("Can't get the call trailers because the call has not completed successfully.")
                : _trailers;
        }
    }

    public void Dispose()
    {
        Cancel(Disposed);
        Finish(Disposed, trailers: null);
    }

    public void Cancel(Status cause)
    {
        lock (_gate)
        {
            if (_status is not null)
            {
                return;
            }

            _cause ??= cause;
        }

        _cancellation.Cancel();
    }

    public void CancelByCaller() => Cancel(CancelledByClient);

    public byte[] Serialize(TRequest request, WriteOptions? writeOptions)
    {
        var compresses = (writeOptions?.Flags & WriteFlags.NoCompress) != WriteFlags.NoCompress;
        return RequestSerializationContext.Serialize(
            request, _method.RequestMarshaller.ContextualSerializer, _channel.MaxSendMessageSize, compresses ? Compressor() : null);
    }

    /// <summary>Ends the call with the status that the response's trailers carry.</summary>
    public void FinishFromTrailers()
    {
        var headers = _response!.TrailingHeaders;
        try
        {
            Finish(ResponseStatus.Find(headers) ?? NoStatus, ResponseStatus.ReadMetadata(headers));
        }
        catch (FormatException exception)
        {
            Finish(new Status(StatusCode.Internal, "A trailer is malformed.", exception), trailers: null);
        }
    }

    /// <summary>Ends the call with what a failure means.</summary>
    public void FinishFromFailure(Exception failure) => Finish(StatusOf(failure), trailers: null);

    /// <summary>What is thrown for the call's status.</summary>
    public Exception ToException()
    {
        Status status;
        Metadata trailers;
        lock (_gate)
        {
            status = _status ?? _cause ?? CancelledByClient;
            trailers = _trailers;
        }

        var exception = new RpcException(status, trailers);
        return _channel.ThrowsOperationCanceled && (status.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded)
            ? new OperationCanceledException(status.Detail, exception, _options.CancellationToken)
            : exception;
    }

    private static DateTime Earlier(DateTime? own, DateTime? parents)
    {
        if (own is { Kind: not DateTimeKind.Utc } && own != DateTime.MaxValue && own != DateTime.MinValue)
        {
            throw new InvalidOperationException(
                "Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue.");
        }

        var first = own ?? DateTime.MaxValue;
        return parents < first ? parents.Value : first;
    }

    private static void OnCallerCancelled(object? call) => ((GrpcCall<TRequest, TResponse>)call!).CancelByCaller();

    private void OnTimer()
    {
        var remaining = _deadline - DateTime.UtcNow;
        if (remaining <= TimeSpan.Zero)
        {
            Cancel(DeadlinePassed);
            return;
        }

        lock (_gate)
        {
            // A timer counts whole milliseconds and no more than 49 days of them.
            var milliseconds = Math.Min(Math.Ceiling(remaining.TotalMilliseconds), TimeSpan.FromDays(40).TotalMilliseconds);
            _timer?.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
        }
    }

    private void Finish(Status status, Metadata? trailers)
    {
        lock (_gate)
        {
            if (_status is not null)
            {
                return;
            }

            _status = status;
            _trailers = trailers ?? Metadata.Empty;
            _timer?.Dispose();
            _timer = null;
        }

        _callerCancels.Unregister();
        _parentCancels.Unregister();
        _channel.Unregister(this);
        _request?.Dispose();
        _response?.Dispose();
    }

    private Status StatusOf(Exception failure)
    {
        if (failure is RpcException rpc)
        {
            return rpc.Status;
        }

        lock (_gate)
        {
            if (_cause is { } cause)
            {
                return cause;
            }
        }

        var status = ResponseStatus.OfException(failure);

        // A server that resets the stream at the deadline may be quicker than the timer here.
        return status.StatusCode == StatusCode.Cancelled && _deadline <= DateTime.UtcNow ? DeadlinePassed : status;
    }

    private ICompressionProvider? Compressor()
    {
        var encoding = _options.Headers?.GetValue(GrpcHeaders.EncodingRequest);
        if (encoding is null or GrpcHeaders.Identity)
        {
            return null;
        }

        return _channel.CompressionProviders.TryGetValue(encoding, out var provider)
            ? provider
            : throw new InvalidOperationException($"Could not find compression provider for '{encoding}'.");
    }
}
