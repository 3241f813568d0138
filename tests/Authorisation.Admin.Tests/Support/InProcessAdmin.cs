using Authorisation.Hosting.Telemetry;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Authorisation.Admin.Tests.Support;

/// <summary>The whole control plane in this process, on a port that the system chooses.</summary>
internal sealed class InProcessAdmin : IAsyncDisposable
{
    private static readonly TimeSpan CallBound = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;

    private InProcessAdmin(WebApplication app, TestLog log)
    {
        _app = app;
        Log = log;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = CallBound };
    }

    public TestLog Log { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Where its metrics are scraped, if it was started with them.</summary>
    public Uri Metrics => Services.GetRequiredService<ScrapeEndpoint>().Address;

    public ApiCaller Nobody => new(Http, null);

    /// <summary>Starts a host on a ledger.</summary>
    public static async Task<InProcessAdmin> StartAsync(
        TestLedger ledger, string codeKey, Action<IServiceCollection>? adjust = null, params string[] settings)
    {
        var log = new TestLog();
        var app = AdminHost.Build(
            [
                "--Listen:Port=0", $"--Ledger:ConnectionString={ledger.AdminConnectionString}",
                $"--Activation:CodeKey={codeKey}", .. settings,
            ],
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(log);
                builder.Services.AddSingleton<TimeProvider>(ledger.HostTime);
                builder.Services.Configure<PasswordHasherOptions>(Some.MakeCheap);
                adjust?.Invoke(builder.Services);
            });
        await app.StartAsync().WaitAsync(Eventually.Bound);
        return new InProcessAdmin(app, log);
    }

    public ApiCaller As(string token) => new(Http, token);

    /// <summary>Signs a person in.</summary>
    public async Task<ApiCaller> SignInAsync(string email, string password) =>
        As((await Nobody.PostAsync("/v1/sessions", new { email, password })).Is(201)["token"]!);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync().WaitAsync(Eventually.Bound);
        await _app.DisposeAsync().AsTask().WaitAsync(Eventually.Bound);
        Log.AssertNoUnexpectedErrors();
    }
}
