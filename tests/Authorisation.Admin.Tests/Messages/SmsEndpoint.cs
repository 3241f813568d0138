using System.Collections.Concurrent;
using Authorisation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Authorisation.Admin.Tests.Messages;

/// <summary>A gateway for SMS over real HTTP that misbehaves as it is told to: what it got counts, not what it answered.</summary>
internal sealed class SmsEndpoint : IAsyncDisposable
{
    /// <summary>Where there is a page that tells everybody 200.</summary>
    public const string Page = "/page";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Authorization, IReadOnlyDictionary<string, string> Form)> _got = new();

    private SmsEndpoint(WebApplication app) => _app = app;

    /// <summary>What to do with the call of this number, from 1; answers 200 unless told otherwise.</summary>
    public Func<int, HttpContext, Task> Behave { get; set; } = static (_, _) => Task.CompletedTask;

    public IReadOnlyCollection<(string Authorization, IReadOnlyDictionary<string, string> Form)> Got => _got;

    public string Url => new Uri(new Uri(_app.Urls.Single()), "a1/sms").ToString();

    public static async Task<SmsEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrelPort();
        var app = builder.Build();
        var endpoint = new SmsEndpoint(app);
        app.MapPost("/a1/sms", endpoint.TakeAsync);
        app.MapGet(Page, static () => "Welcome");
        await app.StartAsync().WaitAsync(Eventually.Bound);
        return endpoint;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        _got.Enqueue((
            context.Request.Headers.Authorization.ToString(),
            form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal)));
        await Behave(_got.Count, context);
    }
}
