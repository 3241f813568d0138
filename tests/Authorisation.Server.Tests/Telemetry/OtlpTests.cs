using System.Globalization;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace Authorisation.Server.Tests.Telemetry;

/// <summary>Metrics and traces that are sent to a collector.</summary>
public sealed class OtlpTests(SharedWire wire) : WireTest(wire)
{
    private const int CannotBeSentEvent = 4696;

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task They_reach_it(string protocol)
    {
        await using var collector = await TestCollector.StartAsync(protocol);
        await using var server = await StartAsync(collector.Address, protocol);
        var on = await WireOperator.CreateAsync(Ledger, server);
        await on.Validator.AuthoriseAsync(on.Buy(await on.AddCardAsync()));

        await Eventually.TrueAsync(
            () =>
            {
                server.Services.GetRequiredService<MeterProvider>().ForceFlush();
                server.Services.GetRequiredService<TracerProvider>().ForceFlush();
                return Task.FromResult(
                    collector.HasReceived("metrics", "authorisation.decisions", on.Terms.Code, "authorisation-server")
                    && collector.HasReceived("traces", "Authorise", "authorisation-server")
                    && collector.HasReceived("traces", "batch"));
            },
            Eventually.ProcessBound,
            "the decision, the call and its batch have arrived");

        // The statements of the batch are Npgsql's spans, without a value of a parameter.
        Assert.True(collector.HasReceived("traces", "db.query.text"));
        Assert.Equal("secret-1", collector.Header("api-key"));
        Assert.DoesNotContain(server.Log.Entries, entry => entry.EventId.Id == CannotBeSentEvent);
    }

    [Fact]
    public async Task A_collector_that_is_away_is_told_of_once_and_costs_no_purchase()
    {
        await using var server = await StartAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}")), "grpc");
        var on = await WireOperator.CreateAsync(Ledger, server);
        var card = await on.AddCardAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await on.Validator.AuthoriseAsync(on.Buy(card));
                server.Services.GetRequiredService<MeterProvider>().ForceFlush();
                server.Services.GetRequiredService<TracerProvider>().ForceFlush();
                return Told() > 0;
            },
            Eventually.ProcessBound,
            "the log tells");
        server.Services.GetRequiredService<MeterProvider>().ForceFlush();
        Assert.Equal(1, Told());

        int Told() => server.Log.Entries.Count(static entry => entry.EventId.Id == CannotBeSentEvent);
    }

    private async Task<InProcessServer> StartAsync(Uri collector, string protocol)
    {
        var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time: null,
            $"--Telemetry:Otlp:Endpoint={collector}", $"--Telemetry:Otlp:Protocol={protocol}",
            "--Telemetry:Otlp:Headers=api-key=secret-1", "--Telemetry:Traces:SharePercent=100");
        await server.BecomeReadyAsync();
        return server;
    }
}
