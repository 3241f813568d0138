using System.Text.Json;
using Authorisation.TicketSystem;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

const int Misused = 2;

if (args is not [var path])
{
    await Console.Error.WriteLineAsync("usage: dotnet Authorisation.TicketSystem.dll SETTINGS.json");
    return Misused;
}

var settings = TicketSystemSettings.Read(path);
var clock = new AheadClock(settings.ClockAhead);
using var reports = new TicketReports(settings.Admin, Console.Out);
await using var desk = new TicketDesk(settings.Operators, reports, clock, Console.Out);
var absence = new Absence(clock);

var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{settings.Port}").ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = Bounds.BodyBytesMax;
});
builder.Services.AddRouting();
builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
await using var app = builder.Build();
app.MapPost("/events/{code}", TakeAsync);
app.MapGet("/tickets", () => TypedResults.Json(desk.Tickets, TicketSystemSettings.Json));
app.MapGet("/subscription-months", () => TypedResults.Json(desk.SubscriptionMonths, TicketSystemSettings.Json));
await app.StartAsync();
// The program that started it waits for this line: the port may be one that was free.
await Console.Out.WriteLineAsync($"Listening on {app.Urls.Single()}");
await app.WaitForShutdownAsync();
return 0;

async Task<Results<NoContent, NotFound, UnauthorizedHttpResult, StatusCodeHttpResult>> TakeAsync(string code, HttpContext context)
{
    if (!settings.Operators.TryGetValue(code, out var account))
    {
        return TypedResults.NotFound();
    }

    using var reader = new StreamReader(context.Request.Body);
    var body = await reader.ReadToEndAsync(context.RequestAborted);
    if (!SignedWebhook.IsSigned(account.Secret, context.Request.Headers, body, clock.GetUtcNow()))
    {
        return TypedResults.Unauthorized();
    }

    if (absence.Left is { } left)
    {
        context.Response.Headers.RetryAfter = SignedWebhook.WholeSeconds(left);
        return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    using var sent = JsonDocument.Parse(body);
    desk.Take(code, context.Request.Headers[SignedWebhook.IdHeader].ToString(), sent.RootElement);
    return TypedResults.NoContent();
}
