using Grpc.Core;
using Grpc.Net.Compression;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>How a channel connects and what its calls may do.</summary>
public sealed class GrpcChannelOptions
{
    private const int MaxReceiveMessageSizeDefaultBytes = 4 * 1024 * 1024;

    /// <summary>How the channel is secured; it must fit the address.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>The longest message in bytes that may be sent; null, the default, for any.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The longest message in bytes that is received, decompressed too; null for any. 4 MiB if not set.</summary>
    public int? MaxReceiveMessageSize { get; set; } = MaxReceiveMessageSizeDefaultBytes;

    /// <summary>The encodings known beside gzip.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    /// <summary>Where the channel logs.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The HTTP client to use; not together with <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The HTTP handler to use; not together with <see cref="HttpClient"/>.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the HTTP client or handler given is disposed of with the channel.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>Whether a call that was given up throws <see cref="OperationCanceledException"/>.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Whether call credentials are sent over a channel without TLS.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }
}
