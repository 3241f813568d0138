using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Authorisation.Server.Tests.Telemetry;

/// <summary>
/// Takes what OpenTelemetry's protocol sends, over gRPC and over HTTP, and keeps the bytes: texts stand in a protobuf message as
/// they are, so that a test can look for them without the messages' descriptions.
/// </summary>
/// <remarks>Safe for several threads: what came is in a concurrent queue.</remarks>
internal sealed class TestCollector : IAsyncDisposable
{
    private static readonly byte[] EmptyMessage = new byte[5];

    private readonly ConcurrentQueue<(string Signal, byte[] Bytes)> _received = new();
    private readonly ConcurrentDictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly WebApplication _app;

    private TestCollector(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol));
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts one for a protocol as the settings name it.</summary>
    public static async Task<TestCollector> StartAsync(string protocol)
    {
        var collector = new TestCollector(protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Whether one message of a signal had all of these texts.</summary>
    public bool HasReceived(string signal, params string[] texts) => _received.Any(one =>
        one.Signal == signal && Array.TrueForAll(texts, text => one.Bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0));

    /// <summary>A header that came.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var path = http.Request.Path.Value!;
        _received.Enqueue((path.Contains("metrics", StringComparison.OrdinalIgnoreCase) ? "metrics" : "traces", body.ToArray()));
        foreach (var (name, value) in http.Request.Headers)
        {
            _headers[name] = value.ToString();
        }

        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(EmptyMessage);
            http.Response.AppendTrailer("grpc-status", "0");
        }
    }
}
