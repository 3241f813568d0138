using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Events;
using Authorisation.Administration.Work;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.Events;

/// <summary>
/// Events reach a ticket system that is slow, refuses, goes away and comes back: each at least once, and those of one
/// subject in order.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class EventTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task An_event_is_signed_as_the_standard_says_and_says_what_happened_when()
    {
        await using var stage = await StageAsync();
        await stage.HappensAsync("ticket-1", 1);

        await stage.DeliveredAsync(1);

        var got = stage.Receiver.Got.Single();
        Assert.True(got.IsSignedBy(stage.Secret));
        Assert.False(got.IsSignedBy(WebhookSignature.NewSecret()));
        Assert.Equal(("ticket.ordered", "ticket-1", 1), (got.Json["type"]!.ToString(), got.Subject, got.Number));
        var shown = (await stage.Staff.GetAsync("/v1/events")).Is(200).Items.Single();
        Assert.Equal((got.Id, "delivered"), (shown["id"]!.ToString(), shown["status"]!.ToString()));
        Assert.Equal(shown["made_at"]!.ToString(), got.Json["timestamp"]!.ToString());
    }

    [Fact]
    public async Task Those_of_one_subject_come_in_order_while_it_is_refused_and_others_do_not_wait_for_it()
    {
        await using var stage = await StageAsync();
        var refusals = 0;
        stage.Receiver.Behave = (got, context) =>
        {
            if (got is { Subject: "slow", Number: 1 } && Interlocked.Increment(ref refusals) <= 3)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }

            return Task.CompletedTask;
        };
        for (var n = 1; n <= 3; n++)
        {
            await stage.HappensAsync("slow", n);
            await stage.HappensAsync("quick", n);
        }

        await stage.DeliveredAsync(6);

        Assert.Equal([1, 1, 1, 1, 2, 3], stage.Of("slow"));
        Assert.Equal([1, 2, 3], stage.Of("quick"));
        Assert.Single(stage.Receiver.Got.Where(one => one is { Subject: "slow", Number: 1 }).Select(one => one.Id).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_back_no_other_operator()
    {
        await using var stage = await StageAsync();
        using var ends = new CancellationTokenSource();
        stage.Receiver.Behave = (_, _) => Task.Delay(Timeout.Infinite, ends.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        await using var other = await EventReceiver.StartAsync();
        var neighbour = await AdminOperator.CreateAsync(stage.Ledger, stage.Host, stage.Operator.Mailbox, "akt");
        (await neighbour.Staff.PutAsync($"/v1/operators/{neighbour.Code}/webhook", new { url = other.Url })).Is(200);
        await stage.HappensAsync("hangs", 1);
        await Eventually.TrueAsync(() => stage.Receiver.Got.Count > 0, Eventually.Bound, "the first is being sent");

        await stage.HappensAsync("goes", 1, neighbour.Id);
        await stage.HappensAsync("goes", 2, neighbour.Id);

        await Eventually.TrueAsync(() => other.Got.Count == 2, Eventually.Bound, "the neighbour's come");
        await ends.CancelAsync();
        await stage.DeliveredAsync(3);
    }

    [Fact]
    public async Task What_happens_while_the_receiver_is_away_comes_when_it_is_back()
    {
        await using var stage = await StageAsync();
        var port = new Uri(stage.Receiver.Url).Port;
        await stage.Receiver.DisposeAsync();
        for (var n = 1; n <= 20; n++)
        {
            await stage.HappensAsync($"ticket-{n % 5}", n);
        }

        await Eventually.TrueAsync(
            async () => (await stage.WebhookAsync())["status"]!.ToString() == "away", Eventually.Bound, "it is known to be away");
        Assert.Contains("cannot be reached", (await stage.WebhookAsync())["last_error"]!.ToString(), StringComparison.Ordinal);

        await using var back = await EventReceiver.StartAsync(port);
        await stage.DeliveredAsync(20);

        foreach (var subject in back.Got.GroupBy(one => one.Subject, StringComparer.Ordinal))
        {
            Assert.Equal(subject.Select(one => one.Number).Order(), subject.Select(one => one.Number));
        }

        Assert.Equal("reachable", (await stage.WebhookAsync())["status"]!.ToString());
    }

    [Fact]
    public async Task An_event_is_undelivered_after_three_days_and_staff_send_it_again_with_those_behind_it()
    {
        await using var stage = await StageAsync();
        var refuses = true;
        stage.Receiver.Behave = (_, context) =>
        {
            context.Response.StatusCode = refuses ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status204NoContent;
            return refuses ? context.Response.WriteAsync("no such ticket") : Task.CompletedTask;
        };
        await stage.HappensAsync("ticket", 1);
        await stage.HappensAsync("ticket", 2);
        await stage.TriedForThreeDaysAsync();
        var dead = await stage.WaitAsync("undelivered");
        Assert.Equal("The receiver answered 422: no such ticket", dead["last_error"]!.ToString());
        Assert.Equal(1, (int)(await stage.WebhookAsync())["undelivered"]!);
        Assert.Single(stage.Host.Log.Entries, entry => entry.EventId.Id == 5693);

        refuses = false;
        (await stage.Staff.PostAsync($"/v1/events/{dead["id"]}/sending")).Is(200);
        await stage.DeliveredAsync(2);

        Assert.Equal([1, 2], stage.Of("ticket").TakeLast(2));
        (await stage.Staff.PostAsync($"/v1/events/{dead["id"]}/sending")).IsProblem(409, "decided_already");
        (await stage.Staff.PostAsync($"/v1/events/{Guid.NewGuid()}/sending")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Those_behind_an_undelivered_event_go_on_when_staff_dismiss_it()
    {
        await using var stage = await StageAsync();
        stage.Receiver.Behave = (got, context) =>
        {
            context.Response.StatusCode = got.Number == 1 ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        await stage.HappensAsync("ticket", 1);
        await stage.HappensAsync("ticket", 2);
        await stage.TriedForThreeDaysAsync();
        var dead = await stage.WaitAsync("undelivered");
        Assert.DoesNotContain(2, stage.Of("ticket"));

        (await stage.Staff.PostAsync($"/v1/events/{dead["id"]}/dismissal", new { })).IsProblem(400, "invalid_fields");
        (await stage.Staff.PostAsync($"/v1/events/{dead["id"]}/dismissal", new { reason = "Told by telephone" })).Is(200);

        await stage.DeliveredAsync(1);
        Assert.Equal(2, stage.Of("ticket")[^1]);
        var line = (await stage.Staff.GetAsync($"/v1/audit?subject=event:{dead["id"]}")).Is(200).Items.Single();
        Assert.Equal("Told by telephone", line["after"]!["reason"]!.ToString());
    }

    [Fact]
    public async Task Two_hosts_send_beside_each_other_and_keep_the_order_of_each_subject()
    {
        await using var stage = await StageAsync();
        await using var second = await InProcessAdmin.StartAsync(
            stage.Ledger, stage.Key, Quickly, "--Webhooks:AllowPrivateAddresses=true", "--MonthEnd:Runs=false");
        for (var n = 1; n <= 60; n++)
        {
            await stage.HappensAsync($"ticket-{n % 6}", n);
        }

        await stage.DeliveredAsync(60);

        Assert.Equal(60, stage.Receiver.Got.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count());
        foreach (var subject in stage.Receiver.Got.GroupBy(one => one.Subject, StringComparer.Ordinal))
        {
            var numbers = subject.Select(one => one.Number).Distinct().ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Fact]
    public async Task What_a_host_had_begun_to_send_when_it_died_is_sent_when_its_lease_lapses()
    {
        await using var stage = await StageAsync();
        await stage.HappensAsync("ticket", 1, leasedFor: TimeSpan.FromHours(1));
        await stage.HappensAsync("ticket", 2);
        await stage.HappensAsync("other", 1);
        await stage.DeliveredAsync(1);
        Assert.Empty(stage.Of("ticket"));

        await stage.Ledger.ExecuteAsync("update control.event set leased_until = clock_timestamp() where leased_until > clock_timestamp()");
        await stage.DeliveredAsync(3);

        Assert.Equal([1, 2], stage.Of("ticket"));
    }

    [Fact]
    public async Task A_new_secret_signs_beside_the_one_before_for_a_day()
    {
        await using var stage = await StageAsync();
        var renewed = (await stage.Staff.PostAsync($"{stage.Path}/secrets")).Is(201)["secret"]!.ToString();
        await stage.HappensAsync("ticket", 1);
        await stage.DeliveredAsync(1);

        var got = stage.Receiver.Got.Single();
        Assert.True(got.IsSignedBy(stage.Secret));
        Assert.True(got.IsSignedBy(renewed));

        await stage.Ledger.ExecuteAsync("update control.webhook set before_until = clock_timestamp() - interval '1 second'");
        await stage.HappensAsync("ticket", 2);
        await stage.DeliveredAsync(2);
        Assert.False(stage.Receiver.Got.Last().IsSignedBy(stage.Secret));
        Assert.True(stage.Receiver.Got.Last().IsSignedBy(renewed));
    }

    [Fact]
    public async Task The_secret_outlives_a_change_of_the_key_of_codes()
    {
        await using var stage = await StageAsync();
        var key = CodeKey.NewText();
        await using (await InProcessAdmin.StartAsync(
            stage.Ledger, key, Quickly, $"--Activation:OtherCodeKey={stage.Key}", "--MonthEnd:Runs=false"))
        {
            await Eventually.TrueAsync(
                async () => await stage.Ledger.AskAsync<bool>("select secret <> @Sealed from control.webhook", new { stage.Sealed }),
                Eventually.Bound,
                "it is encrypted again");
        }

        await stage.Host.DisposeAsync();
        await using var after = await InProcessAdmin.StartAsync(
            stage.Ledger, key, Quickly, "--Webhooks:AllowPrivateAddresses=true", "--MonthEnd:Runs=false");
        await stage.HappensAsync("ticket", 1, by: after);

        await Eventually.TrueAsync(() => stage.Receiver.Got.Count == 1, Eventually.Bound, "it is sent");
        Assert.True(stage.Receiver.Got.Single().IsSignedBy(stage.Secret));
    }

    [Fact]
    public async Task Events_of_an_operator_without_an_address_wait_for_one()
    {
        await using var stage = await StageAsync();
        (await stage.Staff.DeleteAsync(stage.Path, (await stage.Staff.GetAsync(stage.Path)).Is(200).Tag)).Is(204);
        await stage.HappensAsync("ticket", 1);
        (await stage.Staff.GetAsync(stage.Path)).IsProblem(404, "not_found");
        Assert.Equal("waiting", (await stage.Staff.GetAsync("/v1/events")).Is(200).Items.Single()["status"]!.ToString());

        var secret = (await stage.Staff.PutAsync(stage.Path, new { url = stage.Receiver.Url })).Is(200)["secret"]!.ToString();

        await stage.DeliveredAsync(1);
        Assert.True(stage.Receiver.Got.Single().IsSignedBy(secret));
    }

    [Fact]
    public async Task A_test_event_shows_that_a_receiver_works()
    {
        await using var stage = await StageAsync();
        (await stage.Staff.PostAsync($"{stage.Path}/test")).Is(204);

        await stage.DeliveredAsync(1);

        Assert.Equal("webhook.test", stage.Receiver.Got.Single().Json["type"]!.ToString());
    }

    private static void Quickly(IServiceCollection services) =>
        services.AddSingleton(new EventTiming(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10)));

    // A ledger of its own: hosts on one ledger send each other's events.
    private async Task<Stage> StageAsync()
    {
        var ledger = await Shared.Ledgers.CreateOwnAsync();
        var (key, directory) = (CodeKey.NewText(), TestDirectory.NewPath("messages"));
        var receiver = await EventReceiver.StartAsync();
        var host = await InProcessAdmin.StartAsync(
            ledger, key, Quickly, $"--Messages:Directory={directory}", "--Webhooks:AllowPrivateAddresses=true", "--MonthEnd:Runs=false");
        var made = await AdminOperator.CreateAsync(ledger, host, new Mailbox(directory), "jonkoping");
        var secret = (await made.Staff.PutAsync($"/v1/operators/{made.Code}/webhook", new { url = receiver.Url })).Is(200)["secret"]!;
        return new Stage(
            ledger, host, made, receiver, key, secret, await ledger.AskAsync<byte[]>("select secret from control.webhook"));
    }

    private sealed record Stage(
        TestLedger Ledger, InProcessAdmin Host, AdminOperator Operator, EventReceiver Receiver, string Key, string Secret, byte[] Sealed)
        : IAsyncDisposable
    {
        public ApiCaller Staff => Operator.Staff;

        public string Path => $"/v1/operators/{Operator.Code}/webhook";

        public int[] Of(string subject) => [.. Receiver.Got.Where(one => one.Subject == subject).Select(one => one.Number)];

        public async Task<System.Text.Json.Nodes.JsonNode> WebhookAsync() => (await Staff.GetAsync(Path)).Is(200).Body;

        /// <summary>As an operation of a host puts an event out, and commits.</summary>
        public async Task HappensAsync(
            string subject, int n, int? operatorId = null, TimeSpan? leasedFor = null, InProcessAdmin? by = null)
        {
            await using var db = await (by ?? Host).Services.GetRequiredService<ControlDatabase>().OpenAsync(CancellationToken.None);
            await using var transaction = await db.BeginTransactionAsync();
            await EventOutbox.AddAsync(db, new NewEvent(operatorId ?? Operator.Id, "ticket.ordered", subject, new { n }));
            if (leasedFor is { } time)
            {
                await Dapper.SqlMapper.ExecuteAsync(
                    db,
                    "update control.event set leased_until = clock_timestamp() + @time where subject = @subject",
                    new { time, subject });
            }

            await transaction.CommitAsync();
            (by ?? Host).Services.GetRequiredService<Authorisation.Hosting.Workers.WorkSignal>().Announce();
        }

        public Task DeliveredAsync(int count) => Eventually.TrueAsync(
            async () => await Ledger.AskAsync<long>("select count(*) from control.event where state = 2") == count,
            Eventually.ProcessBound,
            $"{count} are delivered");

        /// <summary>The first try was three days ago, and the next one is the last.</summary>
        public async Task TriedForThreeDaysAsync()
        {
            await Eventually.TrueAsync(() => Receiver.Got.Count > 0, Eventually.Bound, "it was tried");
            await Ledger.ExecuteAsync("update control.event set first_attempt_at = first_attempt_at - interval '3 days'");
        }

        public async Task<System.Text.Json.Nodes.JsonObject> WaitAsync(string status)
        {
            await Eventually.TrueAsync(
                async () => (await Staff.GetAsync($"/v1/events?status={status}")).Items.Count == 1, Eventually.ProcessBound, $"one is {status}");
            return (await Staff.GetAsync($"/v1/events?status={status}")).Items[0];
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Receiver.DisposeAsync();
            await Ledger.DisposeAsync();
        }
    }
}
