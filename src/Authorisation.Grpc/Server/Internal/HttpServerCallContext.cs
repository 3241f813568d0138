using System.Diagnostics;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Core.Internal;
using Grpc.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// A call that an HTTP request carries. Handlers may keep it longer than they should, so it is made anew for each
/// call; what it shows is built when asked for. Without a deadline only the call's own thread of control touches
/// it; with one, <see cref="CallDeadline"/> says what keeps the two apart.
/// </summary>
#pragma warning disable CA1001 // EndAsync, which every call reaches, disposes of the deadline.
internal sealed partial class HttpServerCallContext(HttpContext http, IMethod method, MethodOptions options, ILogger logger)
    : ServerCallContext
#pragma warning restore CA1001
{
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private string? _peer;
    private CallDeadline? _deadline;
    private Status _status = Status.DefaultSuccess;
    private bool _ended;

    public HttpContext Http { get; } = http;

    public MethodOptions Options { get; } = options;

    public ILogger Logger { get; } = logger;

    public PipeReader Input { get; } = http.Request.BodyReader;

    public PipeWriter Output { get; } = http.Response.BodyWriter;

    /// <summary>The encoding that responses are announced with; null for identity.</summary>
    public string? ResponseEncoding { get; private set; }

    /// <summary>Whether the call has been answered, by its handler or by its deadline.</summary>
    public bool HasEnded => _deadline is null ? _ended : _deadline.HasEnded;

    public bool IsCancelled => _deadline is { HasPassed: true } || Http.RequestAborted.IsCancellationRequested;

    protected override string MethodCore => method.FullName;

    protected override string HostCore => Http.Request.Host.Value ?? "";

    protected override string PeerCore => _peer ??= ConnectionFacts.Peer(Http.Connection);

    protected override DateTime DeadlineCore => _deadline?.Deadline ?? DateTime.MaxValue;

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? Http.RequestAborted;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore
    {
        get => _status;
        set => _status = value;
    }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= ConnectionFacts.Authentication(Http.Connection);

    protected override IDictionary<object, object> UserStateCore => Http.Items!;

    /// <summary>Reads what the request says of the call as a whole, and starts its deadline.</summary>
    public void Begin()
    {
        var headers = Http.Request.Headers;
        Http.Response.Headers.ContentType = GrpcHeaders.ContentType;
        Activity.Current?.SetTag("grpc.method", method.FullName);
        if (Options.ResponseCompressionAlgorithm is { } algorithm && Accepts(algorithm))
        {
            ResponseEncoding = algorithm;
        }

        var timeoutText = headers.GrpcTimeout;
        if (timeoutText.Count == 0)
        {
            return;
        }

        if (!TimeoutFormat.TryParse(timeoutText.ToString(), out var timeout))
        {
            throw new RpcException(new Status(StatusCode.Internal, "Malformed grpc-timeout."));
        }

        if (timeout <= TimeSpan.Zero)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"));
        }

        _deadline = new CallDeadline(this, timeout);
        _deadline.Start();
    }

    /// <summary>Answers the call with what its handler set, or with what its failure means.</summary>
    public Task EndAsync(Exception? failure)
    {
        var status = failure is null ? _status : StatusOf(failure);
        if (_deadline is null)
        {
            _ended = true;
            WriteStatus(status);
            return Task.CompletedTask;
        }

        _deadline.End(status);
        return EndDeadlineAsync(_deadline);
    }

    /// <summary>Writes the status and trailers; with a deadline inside its gate.</summary>
    public void WriteStatus(Status status) => WriteStatus(status, _responseTrailers);

    /// <summary>Writes what a call gets whose time is up; the handler may be at its trailers meanwhile.</summary>
    public void WriteDeadlineExceeded() =>
        WriteStatus(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"), trailers: null);

    private void WriteStatus(Status status, Metadata? trailers)
    {
        _status = status;
        if (Activity.Current is { } activity)
        {
            activity.SetTag("grpc.status_code", (int)status.StatusCode);
        }

        StatusWriter.Write(Http.Response, status, trailers);
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options)
    {
        options ??= ContextPropagationOptions.Default;
        return new CallContextPropagationToken(
            options.IsPropagateDeadline && _deadline is not null ? _deadline.Deadline : null,
            options.IsPropagateCancellation ? CancellationTokenCore : CancellationToken.None);
    }

    private static async Task EndDeadlineAsync(CallDeadline deadline)
    {
        using (deadline)
        {
            await deadline.Settled;
        }
    }

    private bool Accepts(string encoding)
    {
        foreach (var value in Http.Request.Headers.GrpcAcceptEncoding)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                if (value.AsSpan(range).Trim().SequenceEqual(encoding))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (key, values) in Http.Request.Headers)
        {
            if (IsTransportHeader(key) || !Metadata.Entry.IsValidKey(key))
            {
                continue;
            }

            foreach (var value in values)
            {
                try
                {
                    MetadataFormat.Add(metadata, key, value ?? "");
                }
                catch (FormatException exception)
                {
                    throw new RpcException(new Status(StatusCode.Internal, $"The header '{key}' is not base64.", exception));
                }
            }
        }

        return metadata;
    }

    private static bool IsTransportHeader(string key) => key.Length > 0 && (key[0] | 0x20) switch
    {
        ':' => true,
        'a' => key.Equals("accept-encoding", StringComparison.OrdinalIgnoreCase),
        'c' => key.Equals("content-type", StringComparison.OrdinalIgnoreCase),
        'g' => key.Equals(GrpcHeaders.Encoding, StringComparison.OrdinalIgnoreCase)
            || key.Equals(GrpcHeaders.AcceptEncoding, StringComparison.OrdinalIgnoreCase)
            || key.Equals(GrpcHeaders.Timeout, StringComparison.OrdinalIgnoreCase),
        'h' => key.Equals("host", StringComparison.OrdinalIgnoreCase),
        't' => key.Equals("te", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private Status StatusOf(Exception failure)
    {
        if (failure is RpcException rpc)
        {
            ServerLog.CallEndedWithError(Logger, method.FullName, rpc.StatusCode, rpc);
            foreach (var entry in rpc.Trailers)
            {
                ResponseTrailers.Add(entry);
            }

            return rpc.Status;
        }

        if (failure is CallLostException || (failure is OperationCanceledException or IOException && IsCancelled))
        {
            ServerLog.HandlerCancelled(Logger, method.FullName, failure);
            return new Status(StatusCode.Cancelled, "The call was cancelled.", failure);
        }

        ServerLog.HandlerFailed(Logger, method.FullName, failure);
        var detail = Options.EnableDetailedErrors
            ? $"Exception was thrown by handler. {failure.GetType().Name}: {failure.Message}"
            : "Exception was thrown by handler.";
        return new Status(StatusCode.Unknown, detail, failure);
    }
}
