using System.Net;
using Authorisation.Grpc.Tests.Probe;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>A server on a loopback port of its own, with the probe service and the interop service.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly List<GrpcChannel> _channels = [];
    private readonly HashSet<string> _expectedErrors = new(StringComparer.Ordinal);

    private TestServer(WebApplication app, ProbeHandlers handlers, LogCollector logs)
    {
        App = app;
        Handlers = handlers;
        Logs = logs;
        Address = new Uri(app.Urls.First());
    }

    public WebApplication App { get; }

    public ProbeHandlers Handlers { get; }

    public LogCollector Logs { get; }

    public Uri Address { get; }

    public static async Task<TestServer> StartAsync(
        Action<ProbeHandlers>? handlers = null,
        Action<GrpcServiceOptions>? options = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        HttpProtocols protocols = HttpProtocols.Http2)
    {
        var probe = new ProbeHandlers();
        handlers?.Invoke(probe);
        var logs = new LogCollector();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        builder.Services.AddSingleton(probe);
        builder.Services.AddGrpc(options ?? (static _ => { }));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGrpcService<ProbeService>();
        app.MapGrpcService<InteropService>();
        map?.Invoke(app);
        await app.StartAsync();
        return new TestServer(app, probe, logs);
    }

    public GrpcChannel Channel(Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions();
        configure?.Invoke(options);
        var channel = GrpcChannel.ForAddress(Address, options);
        _channels.Add(channel);
        return channel;
    }

    public Prober.ProberClient Client(Action<GrpcChannelOptions>? configure = null) => new(Channel(configure));

    /// <summary>Says that the server is to log this as an error; without it the test fails.</summary>
    public void ExpectError(string messagePart) => _expectedErrors.Add(messagePart);

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        await App.StopAsync().WaitAsync(Bounds.Wait);
        await App.DisposeAsync();
        var unexpected = Logs.Entries.Where(entry => entry.Level >= LogLevel.Error && !IsExpected(entry)).ToList();
        Assert.True(unexpected.Count == 0, "Unexpected errors in the log: " + string.Join(Environment.NewLine, unexpected));
        foreach (var expected in _expectedErrors)
        {
            Assert.Contains(Logs.Entries, entry => entry.Level >= LogLevel.Error && entry.Message.Contains(expected, StringComparison.Ordinal));
        }
    }

    private bool IsExpected(LogEntry entry) =>
        _expectedErrors.Any(expected => entry.Message.Contains(expected, StringComparison.Ordinal));
}
