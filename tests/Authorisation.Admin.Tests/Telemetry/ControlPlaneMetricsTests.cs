using System.Net;
using Authorisation.Admin.Tests.MonthEnd;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Telemetry;

/// <summary>What Prometheus finds at the control plane.</summary>
public sealed class ControlPlaneMetricsTests(SharedAdmin shared) : IClassFixture<SharedAdmin>
{
    private const string WithMetrics = "--Telemetry:Metrics:Port=0";
    private const int CannotAskEvent = 5680;

    [Fact]
    public async Task The_outbox_is_shown_by_operator_and_channel()
    {
        await using var ledger = await shared.Ledgers.CreateOwnAsync();
        var on = await TestOperator.CreateAsync(ledger);
        await AddMessageAsync(ledger, on, state: 1, channel: 1, minutes: 30);
        await AddMessageAsync(ledger, on, state: 1, channel: 1, minutes: 5);
        await AddMessageAsync(ledger, on, state: 3, channel: 2, minutes: 60);
        // Long ago; delivered; overtaken.
        await AddMessageAsync(ledger, on, state: 3, channel: 2, minutes: 60 * 24 * 8);
        await AddMessageAsync(ledger, on, state: 2, channel: 2, minutes: 60);
        await AddMessageAsync(ledger, on, state: 4, channel: 2, minutes: 60);
        await using var host = await InProcessAdmin.StartAsync(ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false");

        var found = await ShownAsync(host);

        Assert.Equal(2, Of("waiting", "sms"));
        Assert.Equal(0, Of("waiting", "email"));
        Assert.InRange(Of("age_seconds", "sms"), 30 * 60, 40 * 60);
        Assert.Equal(0, Of("age_seconds", "email"));
        Assert.Equal(0, Of("dead", "sms"));
        Assert.Equal(1, Of("dead", "email"));

        double Of(string what, string channel) => found.Value(
            $"authorisation_outbox_{what}", "operator", on.Terms.Code, "channel", channel)!.Value;
    }

    [Fact]
    public async Task The_nights_work_is_shown_as_it_goes_on()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        await scene.BusyDecemberAsync();
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear.AddHours(2));
        await scene.AskAsync(2026_12);
        await using (var before = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false"))
        {
            var asked = await ShownAsync(before);
            Assert.Equal(1, Of(asked, "step"));
            Assert.Equal(0, Of(asked, "waiting"));
            Assert.Equal(0, Of(asked, "progress", "part", "accounts_checked"));
        }

        await scene.Node.Sweeper.SweepAsync(_ => scene.Operator.Terms, CancellationToken.None);
        await scene.RunAsync();

        await using var after = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false");
        var (done, turn) = (await ShownAsync(after), await scene.MonthEndOfAsync(2026_12));
        Assert.Equal(0, Of(done, "step"));
        Assert.Equal(0, Of(done, "age_seconds"));
        Assert.Equal(turn.Differences, Of(done, "differences"));
        Assert.Equal(turn.Statements, Of(done, "progress", "part", "statements"));
        Assert.Equal(turn.SealedRows, Of(done, "progress", "part", "sealed_rows"));
        Assert.Equal(turn.AccountsChecked, Of(done, "progress", "part", "accounts_checked"));
        Assert.Equal(turn.Invoices, Of(done, "progress", "part", "invoices"));
        Assert.True(turn.SealedRows > 0);

        double? Of(Scrape found, string what, params string[] labels) => found.Value(
            $"authorisation_month_end_{what}", [.. labels, "operator", scene.Operator.Terms.Code]);
    }

    [Fact]
    public async Task What_waits_for_a_person_is_shown_with_its_age()
    {
        await using var ledger = await shared.Ledgers.CreateOwnAsync();
        var on = await TestOperator.CreateAsync(ledger);
        await ledger.ExecuteAsync(
            """
            insert into billing.month_end (id, operator_id, night, month, state, step, after_id, started_at)
            values (@night, @Id, date '2026-11-01', 202610, 3, 8, @nil, ledger_now() - interval '9 hours')
            """,
            new { night = Guid.CreateVersion7(), on.Terms.Id, nil = Guid.Empty });
        await using var host = await InProcessAdmin.StartAsync(ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false");
        var found = await ShownAsync(host);
        Assert.Equal(1, found.Value("authorisation_month_end_waiting", "operator", on.Terms.Code));
        Assert.Equal(8, found.Value("authorisation_month_end_step", "operator", on.Terms.Code));
        Assert.True(found.Value("authorisation_month_end_age_seconds", "operator", on.Terms.Code) >= 9 * 3600);
    }

    [Fact]
    public async Task Calls_are_timed_by_their_route_and_never_by_what_a_caller_chose()
    {
        await using var host = await InProcessAdmin.StartAsync(shared.Ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false");
        await host.Nobody.GetAsync($"/v1/travellers/{Guid.NewGuid()}");
        await host.Nobody.GetAsync($"/v1/travellers/{Guid.NewGuid()}?secret=1");
        await host.Nobody.GetAsync($"/nowhere/{Guid.NewGuid()}");
        var found = await Scrape.UntilAsync(
            host.Metrics,
            static scrape => scrape.Value("authorisation_call_duration_seconds_count", "call", "GET /v1/travellers/{id}", "status", "4xx") == 2,
            "both calls are timed under one name");
        Assert.Equal(2, found.Value("authorisation_call_duration_seconds_count"));
        Assert.DoesNotContain("secret", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_for_metrics_serves_no_call_and_the_port_for_calls_no_metrics()
    {
        await using var host = await InProcessAdmin.StartAsync(shared.Ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false");
        using var http = new HttpClient();
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(host.Metrics.Host)));
        foreach (var path in new[] { "/v1/operators", "/openapi/v1.json", "/" })
        {
            using var answer = await http.GetAsync(new Uri(host.Metrics, path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var metrics = await host.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, metrics.StatusCode);
    }

    [Fact]
    public async Task A_database_that_cannot_be_asked_is_shown_as_not_ready_and_told_once()
    {
        await using var ledger = await shared.Ledgers.CreateOwnEmptyAsync();
        await using var host = await InProcessAdmin.StartAsync(ledger, shared.CodeKey, null, WithMetrics, "--MonthEnd:Runs=false");
        await Eventually.TrueAsync(Told, Eventually.ProcessBound, "it is told");
        var found = await Scrape.OfAsync(host.Metrics);
        Assert.Equal(0, found.Value("authorisation_ready"));
        // An old number would look like a good one.
        Assert.Null(found.Value("authorisation_outbox_dead"));

        bool Told() => host.Log.Entries.Any(static entry => entry.EventId.Id == CannotAskEvent);
    }

    private static Task<Scrape> ShownAsync(InProcessAdmin host) => Scrape.UntilAsync(
        host.Metrics, static scrape => scrape.Value("authorisation_ready") == 1, "the database has been asked");

    private static Task AddMessageAsync(TestLedger ledger, TestOperator on, int state, int channel, int minutes) => ledger.ExecuteAsync(
        """
        insert into control.message
          (id, operator_id, channel, kind, sender, recipient, text, state, made_at, next_attempt_at, expires_at)
        values
          (@message, @Id, @channel, @kind, 'sender', 'nobody@example.com', @text, @state, ledger_now() - make_interval(mins => @minutes),
           ledger_now() + interval '1 day', ledger_now() + interval '2 days')
        """,
        new
        {
            message = Guid.CreateVersion7(),
            on.Terms.Id,
            channel = (short)channel,
            kind = channel == 1 ? "activation_code" : "invitation",
            text = state == 1 ? new byte[40] : null,
            state = (short)state,
            minutes,
        });
}
