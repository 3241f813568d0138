using Authorisation.Hosting.Telemetry;
using Authorisation.Server;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Authorisation.Admin.Tests.Support;

/// <summary>A server of the data plane in this process, on the same ledger as the control plane under test.</summary>
internal sealed class DataPlane : IAsyncDisposable
{
    private const int CardsNotNumberedEvent = 2203;

    private static readonly TimeSpan CallBound = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly TestLog _log;
    private readonly GrpcChannel _channel;

    private DataPlane(WebApplication app, TestLog log)
    {
        _app = app;
        _log = log;
        _channel = GrpcChannel.ForAddress(app.Urls.Single());
        Purchases = new AuthorisationService.AuthorisationServiceClient(_channel);
        Activations = new ActivationService.ActivationServiceClient(_channel);
    }

    public AuthorisationService.AuthorisationServiceClient Purchases { get; }

    public ActivationService.ActivationServiceClient Activations { get; }

    /// <summary>Where its metrics are scraped, if it was started with them.</summary>
    public Uri Metrics => _app.Services.GetRequiredService<ScrapeEndpoint>().Address;

    public static async Task<DataPlane> StartAsync(TestLedger ledger, string? codeKey, string? otherCodeKey = null, params string[] more)
    {
        var redis = await RedisAsync();
        var log = new TestLog();
        // It numbers the cards of every test's operator; where many do at once, a lock is waited for in vain at times.
        log.Expect(CardsNotNumberedEvent);
        string[] settings =
        [
            "--Listen:Port=0", "--Start:WarmUpSeconds=0", $"--Ledger:ConnectionString={ledger.ServiceConnectionString}",
            $"--Cache:ConnectionString={redis}", $"--Activation:CodeKey={codeKey}",
            $"--Activation:OtherCodeKey={otherCodeKey}", .. more,
        ];
        var app = ServerHost.Build(settings, builder => builder.Logging.ClearProviders().AddProvider(log));
        await app.StartAsync().WaitAsync(Eventually.Bound);
        var health = app.Services.GetRequiredService<HealthCheckService>();
        await Eventually.TrueAsync(
            async () => (await health.CheckHealthAsync()).Status == HealthStatus.Healthy, Eventually.Bound, "the server is ready");
        return new DataPlane(app, log);
    }

    /// <summary>Spends a code; tries again, as an app does, when others of the same login took too long.</summary>
    public async Task<ActivateResponse> ActivateAsync(string token, string login, string code, Guid? activation = null)
    {
        var request = new ActivateRequest
        {
            Login = login,
            Code = code,
            ActivationId = (activation ?? Guid.NewGuid()).ToString(),
            DeviceName = "iPhone 17",
            AcceptedTermsVersion = "2026-1",
        };
        var options = Call(token);
        while (true)
        {
            try
            {
                return await Activations.ActivateAsync(request, options);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && DateTime.UtcNow < options.Deadline)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Buys in an app.</summary>
    public async Task<AuthoriseResponse> BuyAsync(
        string token, Guid account, long amountMinor, string currency = "SEK", string purpose = "Utbildning") =>
        await Purchases.AuthoriseAsync(
            new AuthoriseRequest
            {
                AuthorisationId = Guid.NewGuid().ToString(),
                AppAccountId = account.ToString(),
                AmountMinor = amountMinor,
                Currency = currency,
                Purpose = purpose,
            },
            Call(token));

    /// <summary>Buys with a card.</summary>
    public async Task<AuthoriseResponse> BuyOnCardAsync(string token, string cardNumber, long amountMinor) =>
        await Purchases.AuthoriseAsync(
            new AuthoriseRequest
            {
                AuthorisationId = Guid.NewGuid().ToString(),
                CardNumber = cardNumber,
                AmountMinor = amountMinor,
                Currency = "SEK",
            },
            Call(token));

    /// <summary>The headers and the bound of a call.</summary>
    public static CallOptions Call(string token) =>
        new(new Metadata { { "authorization", $"Bearer {token}" } }, DateTime.UtcNow + CallBound);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync().WaitAsync(Eventually.Bound);
        await _app.DisposeAsync().AsTask().WaitAsync(Eventually.Bound);
        _log.AssertNoUnexpectedErrors();
    }

    private static async Task<string> RedisAsync()
    {
        var redis = new SharedRedis();
        await redis.InitializeAsync();
        return redis.ConnectionString;
    }
}
