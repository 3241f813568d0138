using Authorisation.Admin.Api;
using Authorisation.Admin.Jobs;
using Authorisation.Admin.Settings;
using Authorisation.Admin.Telemetry;
using Authorisation.Admin.Web;
using Authorisation.Administration;
using Authorisation.Administration.Events;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Authorisation.Billing;
using Authorisation.Billing.MonthEnd;
using Authorisation.Cache;
using Authorisation.Core;
using Authorisation.Hosting.Certificates;
using Authorisation.Hosting.Commands;
using Authorisation.Hosting.Connections;
using Authorisation.Hosting.Settings;
using Authorisation.Hosting.Systemd;
using Authorisation.Hosting.Telemetry;
using Authorisation.Hosting.Workers;
using Authorisation.Ledger.Commit;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Operations;
using Authorisation.Ledger.Reads;
using Authorisation.Ledger.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;

namespace Authorisation.Admin;

/// <summary>The composition root of the control plane: what there is, in one list.</summary>
public static class AdminHost
{
    /// <summary>Builds the host; it is not started yet.</summary>
    /// <param name="args">Settings as <c>--Section:Name value</c>.</param>
    /// <param name="adjust">Changes the builder before the host is built, for a program that embeds it.</param>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = PlaneBuilder.Create(args);
        UseOwnFile(builder.Configuration.Sources);
        adjust?.Invoke(builder);

        var settings = AdminSettings.Read(builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        AddLedger(builder.Services, settings);
        AddApi(builder.Services, settings);
        AddMessages(builder.Services, settings);
        AddEvents(builder.Services, settings);
        AddMonthEnd(builder.Services, settings);
        builder.Services.AddListening(settings.Connections, settings.Certificate);
        AddServiceManager(builder.Services);
        AddTelemetry(builder.Services, settings);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));

        var app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<RestCallTelemetry>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<QueryMiddleware>();
        Routes.Map(app);
        return app;
    }

    // Both planes may lie in one directory; the name that ASP.NET looks for is the server's.
    private static void UseOwnFile(IList<IConfigurationSource> sources)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is JsonConfigurationSource { Path: { } path } file && path.StartsWith("appsettings", StringComparison.Ordinal))
            {
                sources[i] = new JsonConfigurationSource
                {
                    Path = path.Replace("appsettings", "adminsettings", StringComparison.Ordinal),
                    Optional = true,
                    FileProvider = file.FileProvider,
                };
            }
        }
    }

    private static void AddLedger(IServiceCollection services, AdminSettings settings)
    {
        services.AddSingleton(provider =>
            new ControlDatabase(settings.ConnectionString, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new LedgerDatabase(
            new LedgerOptions { ConnectionString = settings.ConnectionString, Lanes = 1, GivesBackOnly = true },
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<LedgerReader>();
        services.AddSingleton(provider => new CommitQueue(
            provider.GetRequiredService<LedgerDatabase>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CommitQueue>>(),
            provider.GetService<CreditSnapshotCache>() is { } cache ? cache.Write : null,
            provider.GetRequiredService<LedgerMetrics>()));
        services.AddSingleton<OperationQueue>();
        services.AddSingleton(settings.CodeKeys);
    }

    // The lanes are those of refunds and voids; all other work of the host ends with its call or is started again.
    private static void AddServiceManager(IServiceCollection services) => services.AddServiceNotifications(provider => new ServiceSigns(
        async stop =>
        {
            await provider.GetRequiredService<ControlDatabase>().RequireAsync(stop);
            return null;
        },
        () => provider.GetRequiredService<CommitQueue>().StandsStillFor));

    private static void AddApi(IServiceCollection services, AdminSettings settings)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi(CachedDescription.Name, ApiDescription.Configure);
        services.AddSingleton<CachedDescription>();
        services.AddScoped<Call>();
        services.AddSingleton<WorkSignal>();
        services.AddSingleton<CallFilter>();
        services.AddSingleton<AnonymousFilter>();
        services.AddSingleton<QueryFilter>();
        services.AddSingleton(provider => new AnonymousLimiter(
            provider.GetRequiredService<TimeProvider>(), settings.AnonymousCallsMax));
        services.AddSingleton(provider => new PortalLinks(() =>
            // Where none is set it listens on loopback, and knows where once it was started.
            settings.Portal ?? new Uri(
                provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First())));
        services.AddHostedService<OutsiderWorker>();
        services.AddAdministration();
        services.AddBilling();
        services.AddHostedService<ImportWorker>();
        services.AddHostedService<BudgetWorker>();
    }

    private static void AddMessages(IServiceCollection services, AdminSettings settings)
    {
        services.AddSingleton<TextCipher>();
        services.AddSingleton<Outbox>();
        services.TryAddSingleton(MessageTiming.Default);
        // One for the life of the host; connections are renewed, so that a gateway's new address is found.
        services.AddSingleton(_ => new HttpClient(
            new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        });
        services.AddSingleton(provider => new MessageSenders(
            settings.Sms is { } sms ? new SmsGateway(sms, provider.GetRequiredService<HttpClient>()) : null,
            settings.Smtp is { } smtp ? new SmtpMailer(smtp) : null,
            settings.MessageDirectory is { } directory ? new MessageDirectory(directory) : null));
        services.AddHostedService<MessageWorker>();
    }

    private static void AddEvents(IServiceCollection services, AdminSettings settings)
    {
        services.AddSingleton(new WebhookAddresses(settings.AllowsPrivateWebhooks));
        services.TryAddSingleton(EventTiming.Default);
        services.AddSingleton(provider => new WebhookSender(
            // One for the life of the host; connections are renewed, so that a receiver's new address is found.
            new HttpClient(new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectCallback = provider.GetRequiredService<WebhookAddresses>().ConnectAsync,
            })
            {
                Timeout = Timeout.InfiniteTimeSpan,
            },
            provider.GetRequiredService<TextCipher>(),
            provider.GetRequiredService<EventTiming>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<EventWorker>();
    }

    private static void AddMonthEnd(IServiceCollection services, AdminSettings settings)
    {
        services.TryAddSingleton(settings.MonthEnd);
        if (settings.CacheConnectionString is { } cache)
        {
            services.AddSingleton(provider => new CreditSnapshotCache(
                new CacheOptions { ConnectionString = cache },
                provider.GetRequiredService<ILogger<CreditSnapshotCache>>(),
                provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton(provider => new Reconciliation(provider.GetService<CreditSnapshotCache>()));
        services.AddSingleton<MonthEndFailures>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "month-end");
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(settings.ConnectionString);
                store.UseClustering();
                store.ConfigureStore(options => options.TablePrefix = "scheduler.qrtz_");
                store.ProvisionSchema();
            });
        });
        services.AddSingleton<MonthEndSchedule>();
        if (settings.MonthEnd.Runs)
        {
            services.AddHostedService<ClockRecorder>();
            services.AddHostedService(provider => provider.GetRequiredService<MonthEndSchedule>());
        }
    }

    private static void AddTelemetry(IServiceCollection services, AdminSettings settings)
    {
        services.AddSingleton<LedgerMetrics>();
        services.AddTelemetry(settings.Telemetry, "authorisation-admin");
        if (settings.Telemetry.IsOn)
        {
            services.AddHostedService<ControlPlaneGauges>();
        }
    }

    private static void Listen(KestrelServerOptions kestrel, AdminSettings settings)
    {
        var services = kestrel.ApplicationServices;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = Limits.ImportBytesMax;
        kestrel.Limits.RequestHeadersTimeout = Limits.CallHeadersTime;
        kestrel.Limits.Http2.MaxStreamsPerConnection = Limits.AdministrationCallsPerConnectionMax;
        kestrel.Limits.Http2.InitialStreamWindowSize = Limits.AdministrationWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = Limits.AdministrationWindowBytes * 4;
        kestrel.Listen(settings.Address, settings.Port, listen =>
        {
            listen.Use(services.GetRequiredService<ConnectionBounds>().Around);
            if (settings.Certificate is not null)
            {
                services.GetRequiredService<ServerCertificate>().Use(listen);
            }
        });
    }
}
