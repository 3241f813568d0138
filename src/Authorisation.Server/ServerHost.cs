using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Hosting.Certificates;
using Authorisation.Hosting.Commands;
using Authorisation.Hosting.Connections;
using Authorisation.Hosting.Settings;
using Authorisation.Hosting.Systemd;
using Authorisation.Hosting.Telemetry;
using Authorisation.Ledger.Telemetry;
using Authorisation.Server.Access;
using Authorisation.Server.Calls;
using Authorisation.Server.Health;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Rehearsals;
using Authorisation.Server.Services;
using Authorisation.Server.Settings;
using Authorisation.Server.Strangers;
using Authorisation.Server.Streams;
using Authorisation.Server.Telemetry;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Authorisation.Server;

/// <summary>The composition root of the data plane: what there is, in one list.</summary>
public static class ServerHost
{
    /// <summary>Builds the server; it is not started yet.</summary>
    /// <param name="args">Settings as <c>--Section:Name value</c>.</param>
    /// <param name="adjust">Changes the builder before the server is built, for a host that embeds it.</param>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = PlaneBuilder.Create(args);
        adjust?.Invoke(builder);

        var settings = ServerSettings.Read(builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        AddCache(builder.Services, settings);
        AddLedgers(builder.Services, settings);
        AddCalls(builder.Services);
        AddHealth(builder.Services, settings);
        AddConnections(builder.Services, settings);
        AddTelemetry(builder.Services, settings);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));

        var app = builder.Build();
        app.UseMiddleware<GrpcCallTelemetry>();
        app.UseMiddleware<TokenGate>();
        app.MapGrpcService<Services.AuthorisationService>();
        app.MapGrpcService<Services.OfflineService>();
        app.MapGrpcService<Services.ActivationService>();
        app.MapGrpcService<HealthService>().WithMetadata(OpenCall.Instance);
        app.MapGrpcReflectionService();
        return app;
    }

    // What a ledger has of its own is in ServedLedger.
    private static void AddLedgers(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(provider => new LedgerDirectory(settings.Ledgers, new SharedByLedgers(
            provider.GetRequiredService<CreditSnapshotCache>(),
            provider.GetRequiredService<LedgerMetrics>(),
            new OperatorOwners(),
            settings.CodeKeys,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILoggerFactory>())));
        AddOfEach(ledger => ledger.Worker(ledger.Tokens));
        AddOfEach(ledger => ledger.Worker(ledger.Holds));
        AddOfEach(ledger => ledger.Worker(ledger.Sequencing));
        AddOfEach(ledger => ledger.Worker(ledger.Feeds));
        services.AddHostedService<FirstLook>();
        AddOfEach(ledger => ledger.Watch);

        void AddOfEach(Func<ServedLedger, IHostedService> worker)
        {
            foreach (var place in Enumerable.Range(0, settings.Ledgers.Count))
            {
                services.AddSingleton(provider => worker(provider.GetRequiredService<LedgerDirectory>().All[place]));
            }
        }
    }

    private static void AddCache(IServiceCollection services, ServerSettings settings) =>
        services.AddSingleton(provider => new CreditSnapshotCache(
            new CacheOptions { ConnectionString = settings.CacheConnectionString },
            provider.GetRequiredService<ILogger<CreditSnapshotCache>>(),
            provider.GetRequiredService<TimeProvider>()));

    private static void AddCalls(IServiceCollection services)
    {
        services.AddGrpc(static options =>
        {
            options.MaxReceiveMessageSize = Limits.RequestBytesMax;
            options.CompressionProviders.Clear();
            options.CompressionProviders.Add(new GzipMessages());
        });
        services.RemoveAll(typeof(IServiceMethodProvider<>));
        services.AddSingleton(typeof(IServiceMethodProvider<>), typeof(ServiceMethods<>));
        services.AddGrpcReflection();
        services.AddSingleton(provider => new AllTokens(
            provider.GetRequiredService<LedgerDirectory>().All.Select(static one => one.Tokens)));
        services.AddSingleton<CallerResolver>();
        services.AddSingleton<OpenStreams>();
        services.AddSingleton<AuthoriseStreams>();
        services.AddSingleton<AdviceStreams>();
        services.AddSingleton<CardWatch>();
        services.AddSingleton<RefusalPace>();
        services.AddSingleton<ReadTurns>();
        services.AddSingleton<Services.AuthorisationService>();
        services.AddSingleton<Services.OfflineService>();
        services.AddSingleton<Services.ActivationService>();
    }

    private static void AddHealth(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<WarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<WarmUp>());
        services.AddGrpcHealthChecks().AddCheck<LedgerHealthCheck>("ledger");
        services.AddSingleton<PublishedHealth>();
        services.AddSingleton<IHealthCheckPublisher>(provider => provider.GetRequiredService<PublishedHealth>());
        services.AddServiceNotifications(provider => new ServiceSigns(
            _ => Task.FromResult(provider.GetRequiredService<PublishedHealth>().Trouble),
            () => provider.GetRequiredService<LedgerDirectory>().StandsStillFor));
        services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.Zero;
            options.Period = Limits.LedgerProbeInterval;
        });
    }

    private static void AddTelemetry(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<StreamItems>();
        services.AddHostedService<ServerGauges>();
        services.AddTelemetry(settings.Telemetry, "authorisation-server");
    }

    private static void AddConnections(IServiceCollection services, ServerSettings settings) => services
        .AddListening(settings.Connections, settings.Certificate, IsUsable)
        .AddSingleton<StrangerConnections>();

    // A client certificate is trusted for its hash, which its token is bound to, not for its issuer. A client may have
    // none.
    private static bool IsUsable(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None;

    private static void Listen(KestrelServerOptions kestrel, ServerSettings settings)
    {
        var services = kestrel.ApplicationServices;
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = Limits.StreamsPerConnectionMax;
        StreamTransport.Adjust(kestrel.Limits);
        kestrel.Listen(settings.Address, settings.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            // In this order from the socket upwards, all but the last of them below TLS.
            listen.Use(services.GetRequiredService<ConnectionBounds>().Around);
            listen.Use(services.GetRequiredService<StrangerConnections>().Around);
            listen.Use(LingeringClose.Around);
            if (settings.Certificate is not null)
            {
                services.GetRequiredService<ServerCertificate>().Use(listen);
                listen.Use(OverHttp2);
            }

            listen.Use(AnsweredReader.Around);
        });
    }

    // Kestrel would log each client that has not agreed on HTTP/2 as an error; any unknown client can cause that.
    private static ConnectionDelegate OverHttp2(ConnectionDelegate next) => connection =>
        connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true
            ? next(connection)
            : Task.CompletedTask;
}
