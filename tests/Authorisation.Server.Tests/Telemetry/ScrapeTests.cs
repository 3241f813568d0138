using System.Net;
using Authorisation.Server.Tests.Cards;
using Authorisation.Server.Tests.Streams;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Dapper;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Telemetry;

/// <summary>What Prometheus finds at a server, after real purchases.</summary>
public sealed class ScrapeTests(SharedWire wire) : WireTest(wire)
{
    private const int CardsNotNumberedEvent = 2203;

    // More than a server lags that only looks now and then.
    private const double LagSeconds = 2;

    [Fact]
    public async Task Decisions_are_counted_by_decision_reason_and_operator_and_calls_are_timed()
    {
        await using var server = await StartAsync();
        var on = await WireOperator.CreateAsync(Ledger, server);
        var (card, other) = (await on.AddCardAsync(5_000), await on.AddCardAsync());
        var first = on.Buy(card);
        await on.Validator.AuthoriseAsync(first);
        await on.Validator.AuthoriseAsync(on.Buy(other));
        await on.Validator.AuthoriseAsync(on.Buy(card, 4_001));
        await on.Validator.AuthoriseAsync(on.Buy(card, 9_999));
        await on.Validator.AuthoriseAsync(on.Buy(on.UnknownCard()));
        Assert.True((await on.Validator.AuthoriseAsync(first)).Replayed);
        await WireError.OfAsync(on.Validator.AuthoriseAsync(new AuthoriseRequest()), StatusCode.InvalidArgument, "INVALID_FIELDS");

        // A call is timed when its answer is with the client already.
        var found = await Scrape.UntilAsync(
            server.Metrics, scrape => Calls(scrape, "OK") == 6 && Calls(scrape, "INVALID_ARGUMENT") == 1, "all calls are timed");

        Assert.Equal(2, Decided(found, "approved", "none"));
        Assert.Equal(2, Decided(found, "declined", "insufficient_credit"));
        Assert.Equal(1, Decided(found, "declined", "unknown_instrument"));
        Assert.Equal(5, found.Value("authorisation_decisions_total", "operator", on.Terms.Code));
        Assert.Equal(
            ["decision", "operator", "reason"],
            found.LabelsOf("authorisation_decisions_total").Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Equal("histogram", found.Families["authorisation_call_duration_seconds"]);
        Assert.True(found.Value("authorisation_call_duration_seconds_sum", "call", "Authorise", "status", "OK") > 0);
        // Every one of them was taken once, in some batch, and decided some way.
        Assert.Equal(6, found.Value("authorisation_commit_queue_wait_seconds_count"));
        Assert.True(found.Value("authorisation_commit_batch_size_sum") >= 6);
        Assert.Equal(6, found.Value("authorisation_commit_commands_total"));
        Assert.True(found.Value("authorisation_commit_commands_total", "way", "lock") >= 2, found.Text);
        Assert.True(found.Value("authorisation_commit_duration_seconds_count") >= 1);
        Assert.Equal(0, found.Value("authorisation_commit_queue_depth"));

        double? Decided(Scrape scrape, string decision, string reason) => scrape.Value(
            "authorisation_decisions_total", "decision", decision, "reason", reason, "operator", on.Terms.Code);

        static double? Calls(Scrape scrape, string status) =>
            scrape.Value("authorisation_call_duration_seconds_count", "call", "Authorise", "status", status);
    }

    [Fact]
    public async Task Items_of_streams_are_timed_each_and_open_streams_and_watchers_are_shown()
    {
        await using var server = await StartAsync();
        var on = await WireOperator.CreateAsync(Ledger, server);
        var card = await on.AddCardAsync();
        using var stream = TestStream.Open(on.Validator);
        await stream.AuthoriseAsync([.. Enumerable.Range(0, 5).Select(_ => on.Buy(card))]);
        var watching = CardWatching.Start(on.Validator, server.Channel);
        await watching.IsUpToDateAsync();
        await on.Validator.AdviseAsync(AdviceCallFor(on.Buy(card)));

        await Scrape.UntilAsync(
            server.Metrics,
            scrape => scrape.Value("authorisation_call_duration_seconds_count", "call", "AuthoriseStream", "status", "OK") == 5
                && scrape.Value("authorisation_call_duration_seconds_count", "call", "SubmitAdvices", "status", "OK") == 1
                && scrape.Value("authorisation_streams_open") == 1
                && scrape.Value("authorisation_card_watchers") == 1
                && scrape.Value("authorisation_decisions_total", "operator", on.Terms.Code) == 5,
            "five items and an advice, one stream, one watcher");

        await stream.EndAsync();
        await watching.StopAsync();
        await Scrape.UntilAsync(
            server.Metrics,
            scrape => scrape.Value("authorisation_streams_open") == 0 && scrape.Value("authorisation_card_watchers") == 0,
            "neither is open any more");
    }

    [Fact]
    public async Task What_a_server_knows_of_itself_is_shown()
    {
        // A ledger of its own, or another server has the sequencer; a Redis that is not there, so that it is left alone.
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var server = await InProcessServer.StartAsync(
            ledger.ServiceConnectionString, $"127.0.0.1:{FreePort.Next()},connectTimeout=200", new TestLog(), time: null, InProcessServer.WithMetrics);
        server.Log.Expect(CardsNotNumberedEvent);
        await server.BecomeReadyAsync();
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        var tokens = await ledger.AskAsync<long>("select count(*) from access_token");
        await Scrape.UntilAsync(
            server.Metrics,
            scrape => scrape.Value("authorisation_ready") == 1 && scrape.Value("authorisation_tokens_known") == tokens
                && scrape.Value("authorisation_sequencer_operators") == 1,
            "it is ready, knows the tokens and numbers the operator's cards");

        await using (var session = await ledger.OpenSessionAsync())
        {
            await session.ExecuteAsync("begin; select from card_numbering for update");
            await on.AddCardAsync();
            await Scrape.UntilAsync(
                server.Metrics, scrape => scrape.Value("authorisation_sequencer_lag_seconds") > LagSeconds, "the sequencer lags");
        }

        await Scrape.UntilAsync(
            server.Metrics, scrape => scrape.Value("authorisation_sequencer_lag_seconds") < LagSeconds, "it has caught up");

        var buying = BuyWhileLockedAsync();
        await Scrape.UntilAsync(
            server.Metrics,
            scrape => scrape.Value("authorisation_commit_commands_total", "way", "set_aside") > 0
                && scrape.Value("authorisation_accounts_locked") == 0,
            "what was set aside is decided");
        await buying;
        await Scrape.UntilAsync(
            server.Metrics,
            scrape =>
            {
                _ = on.Validator.GetCreditAsync(card);
                return scrape.Value("authorisation_cache_breaker_open") == 1;
            },
            "Redis is left alone");

        async Task BuyWhileLockedAsync()
        {
            await using var session = await ledger.OpenSessionAsync();
            await session.ExecuteAsync("begin; select from credit_account for update");
            var bought = on.Validator.AuthoriseAsync(on.Buy(card));
            await Scrape.UntilAsync(
                server.Metrics, scrape => scrape.Value("authorisation_accounts_locked") == 1, "an account is locked");
            await session.ExecuteAsync("rollback");
            Assert.Equal(Decision.Approved, (await bought).Decision);
        }
    }

    [Fact]
    public async Task The_port_for_metrics_serves_nothing_else_and_no_other_port_serves_metrics()
    {
        await using var server = await StartAsync();
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(server.Metrics.Host)));
        using var http = new HttpClient();
        using var metrics = await http.GetAsync(server.Metrics);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        foreach (var path in new[] { "/", "/authorisation.v1.AuthorisationService/Authorise", "/grpc.health.v1.Health/Check" })
        {
            using var answer = await http.PostAsync(new Uri(server.Metrics, path), new ByteArrayContent([]));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/metrics"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var refused = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    private static Advice AdviceCallFor(AuthoriseRequest purchase)
    {
        purchase.OccurredAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow);
        purchase.DeviceId = "validator-1";
        return new Advice { Purchase = purchase };
    }

    private async Task<InProcessServer> StartAsync()
    {
        var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time: null, InProcessServer.WithMetrics);
        await server.BecomeReadyAsync();
        return server;
    }
}
