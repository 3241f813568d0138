using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client.Internal;
using Grpc.Net.Compression;
using Grpc.Shared;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grpc.Net.Client;

/// <summary>
/// A way to a server over HTTP/2, for any number of calls at once. Everything but the list of calls under way is
/// immutable; that list is changed under its own lock.
/// </summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<IDisposable> _calls = [];
    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);
    private readonly HttpMessageInvoker _http;
    private readonly bool _ownsHttp;
    private bool _isDisposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        Address = address;
        MaxReceiveMessageSize = options.MaxReceiveMessageSize;
        MaxSendMessageSize = options.MaxSendMessageSize;
        ThrowsOperationCanceled = options.ThrowOperationCanceledOnCancellation;
        Logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Grpc.Net.Client.GrpcCall");
        CompressionProviders = AddProviders(options.CompressionProviders);
        AcceptEncoding = string.Join(',', CompressionProviders.Keys.Prepend(GrpcHeaders.Identity));
        var credentials = ChannelCredentialsReader.Read(options.Credentials, address);
        CallCredentials = credentials;
        SendsCallCredentials = address.Scheme == Uri.UriSchemeHttps || options.UnsafeUseInsecureChannelCallCredentials;
        (_http, _ownsHttp) = CreateHttp(options);
    }

    internal Uri Address { get; }

    internal int? MaxReceiveMessageSize { get; }

    internal int? MaxSendMessageSize { get; }

    internal bool ThrowsOperationCanceled { get; }

    internal ILogger Logger { get; }

    internal IReadOnlyDictionary<string, ICompressionProvider> CompressionProviders { get; }

    internal string AcceptEncoding { get; }

    internal CallCredentials? CallCredentials { get; }

    internal bool SendsCallCredentials { get; }

    /// <summary>Creates a channel.</summary>
    /// <param name="address">The server's address, such as <c>http://localhost:5000</c>.</param>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>Creates a channel.</summary>
    /// <param name="address">The server's address, such as <c>http://localhost:5000</c>.</param>
    /// <param name="channelOptions">The channel's options.</param>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) =>
        ForAddress(new Uri(address), channelOptions);

    /// <summary>Creates a channel.</summary>
    /// <param name="address">The server's address.</param>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>Creates a channel.</summary>
    /// <param name="address">The server's address.</param>
    /// <param name="channelOptions">The channel's options.</param>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new ArgumentException($"The address '{address}' is neither http nor https.", nameof(address));
        }

        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc />
    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new HttpCallInvoker(this);
    }

    /// <summary>Closes the channel; calls under way are given up.</summary>
    public void Dispose()
    {
        IDisposable[] calls;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            calls = [.. _calls];
            _calls.Clear();
        }

        foreach (var call in calls)
        {
            call.Dispose();
        }

        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    internal void Register(IDisposable call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _calls.Add(call);
        }
    }

    internal void Unregister(IDisposable call)
    {
        lock (_gate)
        {
            _calls.Remove(call);
        }
    }

    internal Uri UriOf(string path) =>
        _uris.TryGetValue(path, out var uri) ? uri : _uris.GetOrAdd(path, new Uri(Address, path));

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http is HttpClient client
            ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : _http.SendAsync(request, cancellationToken);

    /// <inheritdoc />
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    private static IReadOnlyDictionary<string, ICompressionProvider> AddProviders(IList<ICompressionProvider>? added)
    {
        if (added is not { Count: > 0 })
        {
            return MessageCompression.DefaultProviders;
        }

        var providers = new Dictionary<string, ICompressionProvider>(MessageCompression.DefaultProviders, StringComparer.Ordinal);
        foreach (var provider in added)
        {
            providers[provider.EncodingName] = provider;
        }

        return providers;
    }

    private static (HttpMessageInvoker Http, bool Owns) CreateHttp(GrpcChannelOptions options)
    {
        if (options.HttpClient is not null && options.HttpHandler is not null)
        {
            throw new ArgumentException(
                "HttpClient and HttpHandler have been configured. Only one HTTP caller can be specified.", nameof(options));
        }

        if (options.HttpClient is not null)
        {
            return (options.HttpClient, options.DisposeHttpClient);
        }

        if (options.HttpHandler is not null)
        {
            return (new HttpMessageInvoker(options.HttpHandler, options.DisposeHttpClient), true);
        }

#pragma warning disable CA2000 // The invoker disposes of its handler.
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseCookies = false, AllowAutoRedirect = false };
        return (new HttpMessageInvoker(handler, disposeHandler: true), true);
#pragma warning restore CA2000
    }
}
