using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Messages;
using Authorisation.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StandardWebhooks;

namespace Authorisation.Admin.Tests.Events;

/// <summary>
/// A ticket system's receiver of events over real HTTP, which misbehaves as it is told to. It checks signatures with a
/// library that is not ours.
/// </summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedEvent> _got = new();

    private EventReceiver(WebApplication app) => _app = app;

    /// <summary>What to do with an event that came; answers 200 unless told otherwise.</summary>
    public Func<ReceivedEvent, HttpContext, Task> Behave { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>All that came, in the order in which it came.</summary>
    public IReadOnlyCollection<ReceivedEvent> Got => _got;

    public string Url => new Uri(new Uri(_app.Urls.Single()), "events").ToString();

    public static async Task<EventReceiver> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (port == 0)
        {
            builder.WebHost.ConfigureKestrelPort();
        }
        else
        {
            builder.WebHost.UseKestrel(kestrel => kestrel.ListenLocalhost(port));
        }

        var app = builder.Build();
        var receiver = new EventReceiver(app);
        app.MapPost("/events", receiver.TakeAsync);
        await app.StartAsync().WaitAsync(Eventually.Bound);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = new HeaderDictionary(
            context.Request.Headers.ToDictionary(one => one.Key, one => one.Value, StringComparer.OrdinalIgnoreCase));
        var got = new ReceivedEvent(body, headers);
        _got.Enqueue(got);
        await Behave(got, context);
    }

    internal sealed record ReceivedEvent(string Body, IHeaderDictionary Headers)
    {
        public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

        public string Id => Headers["webhook-id"].ToString();

        public string Subject => Json["subject"]!.ToString();

        public int Number => (int)Json["data"]!["n"]!;

        /// <summary>Whether it is signed by a secret, as the library finds.</summary>
        public bool IsSignedBy(string secret) =>
            // One after the other: the library looks at the first alone.
            Headers["webhook-signature"].ToString().Split(' ').Any(signature => IsSignature(secret, signature));

        private bool IsSignature(string secret, string signature)
        {
            var headers = new HeaderDictionary(Headers.ToDictionary(one => one.Key, one => one.Value, StringComparer.OrdinalIgnoreCase))
            {
                ["webhook-signature"] = signature,
            };
            try
            {
                new StandardWebhook(secret).Verify(Body, headers);
                return true;
            }
            catch (StandardWebhooks.Diagnostics.WebhookVerificationException)
            {
                return false;
            }
        }
    }
}
