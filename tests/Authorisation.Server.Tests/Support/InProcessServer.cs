using System.Globalization;
using Authorisation.Hosting.Telemetry;
using Authorisation.Ledger.Access;
using Authorisation.Server.Access;
using Authorisation.Testing;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Authorisation.Server.Tests.Support;

/// <summary>The whole server in this process, on a port that the system chooses.</summary>
internal sealed class InProcessServer : IAsyncDisposable
{
    /// <summary>The setting with which it has its metrics scraped.</summary>
    public const string WithMetrics = "--Telemetry:Metrics:Port=0";

    private readonly WebApplication _app;

    private InProcessServer(WebApplication app, TestLog log)
    {
        _app = app;
        Log = log;
        Address = new Uri(app.Urls.Single());
        Channel = Connect();
    }

    /// <summary>What it logs.</summary>
    public TestLog Log { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A channel to it that tests share.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>Where its metrics are scraped, if it was started with <see cref="WithMetrics"/>.</summary>
    public Uri Metrics => Services.GetRequiredService<ScrapeEndpoint>().Address;

    /// <summary>What it is made of.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server; it listens when this returns, and becomes ready in its own time.</summary>
    /// <param name="ledger">The connection string of the service role.</param>
    /// <param name="cache">Where Redis is.</param>
    /// <param name="log">Gets what the server logs.</param>
    /// <param name="time">The server's clock; the machine's if null.</param>
    /// <param name="settings">More settings, as <c>--Section:Name=value</c>.</param>
    public static async Task<InProcessServer> StartAsync(
        string ledger, string cache, TestLog log, TimeProvider? time = null, params string[] settings)
    {
        var app = ServerHost.Build(
            [.. SettingsFor(ledger, cache, port: 0), .. settings],
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(log);
                builder.Services.TryAddSingleton(time ?? TimeProvider.System);
            });
        await app.StartAsync().WaitAsync(Eventually.ProcessBound);
        return new InProcessServer(app, log);
    }

    /// <summary>The settings that every server needs, as arguments. It does not warm up, which no test but that of it needs.</summary>
    public static string[] SettingsFor(string ledger, string cache, int port) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--Listen:Port={port}"),
        $"--Ledger:ConnectionString={ledger}",
        $"--Cache:ConnectionString={cache}",
        "--Start:WarmUpSeconds=0",
    ];

    /// <summary>A channel of its own, for tests that need more than one connection or a certificate.</summary>
    public GrpcChannel Connect(SocketsHttpHandler? http = null) => GrpcChannel.ForAddress(
        Address, new GrpcChannelOptions { HttpHandler = http, DisposeHttpClient = true });

    /// <summary>A caller with a token, or without one.</summary>
    public TestCaller Caller(string? token) => new(Channel, token);

    /// <summary>Waits until it says that it is ready.</summary>
    public Task BecomeReadyAsync() => Readiness.IsServingAsync(Channel);

    /// <summary>Whether it lets a token in without having to look for it.</summary>
    public bool Knows(string token) =>
        TokenHash.TryOf(token, out var hash) && Services.GetRequiredService<AllTokens>().Find(hash) is not null;

    /// <summary>
    /// Waits until it knows a token. It looks for a new one when that calls, but not for long, and not before it has loaded
    /// the others: a busy machine would refuse calls whose test is of something else.
    /// </summary>
    public Task GetsToKnowAsync(string token) =>
        Eventually.TrueAsync(() => Knows(token), Eventually.Bound, "the server knows the token");

    /// <summary>Stops it as the host does: calls under way get their answers.</summary>
    public Task StopAsync() => _app.StopAsync().WaitAsync(Eventually.ProcessBound);

    /// <summary>Stops it; fails if it logged an error that nobody expected.</summary>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync().WaitAsync(Eventually.ProcessBound);
        await _app.DisposeAsync().AsTask().WaitAsync(Eventually.ProcessBound);
        Log.AssertNoUnexpectedErrors();
    }
}
