using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using DeclineReason = Authorisation.V1.DeclineReason;
using Instrument = Authorisation.Core.Instrument;

namespace Authorisation.Server.Tests.Cards;

/// <summary>The call itself: who may watch, from where, and what ends it.</summary>
[Trait("Tier", "Slow")]
public sealed class WatchTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task An_operator_without_cards_has_an_empty_list_that_is_up_to_date()
    {
        var on = await NewOperatorAsync();
        await using var watcher = CardWatching.Start(on.Validator, Server.Channel);
        await watcher.IsUpToDateAsync();
        Assert.Empty(watcher.Cards);

        var card = await on.AddCardAsync();
        await watcher.HasAsync(card, DeclineReason.Unspecified);
        Assert.Equal(0, watcher.Resets);
        Assert.Single(watcher.Updates, update => update.UpToDate);
    }

    [Fact]
    public async Task A_watcher_that_resumes_from_any_version_ends_up_with_what_one_has_that_never_left()
    {
        var on = await NewOperatorAsync();
        var cards = new List<Instrument>();
        for (var i = 0; i < 6; i++)
        {
            cards.Add(await on.AddCardAsync());
        }

        await using var stayed = CardWatching.Start(on.Validator, Server.Channel);
        for (var i = 0; i < 12; i++)
        {
            var card = cards[i * 5 % cards.Count];
            var blocked = stayed.Of(card)?.Reason != DeclineReason.Blocked;
            await Ledger.Provisioner.SetBlockedAsync(on.AccountOf(card), blocked);
            await stayed.HasAsync(card, blocked ? DeclineReason.Blocked : DeclineReason.Unspecified);
        }

        var updates = stayed.Updates.Where(update => !update.UpToDate).ToList();
        Assert.True(updates.Count >= 12);
        foreach (var version in updates.Select(update => update.Version))
        {
            await using var resumed = CardWatching.Start(on.Validator, Server.Channel, version);
            await resumed.IsUpToDateAsync();
            Assert.Equal(0, resumed.Resets);
            var expected = cards.Select(card => stayed.Of(card)!).Where(update => update.Version > version).OrderBy(update => update.Version);
            Assert.Equal(expected, resumed.Updates.Where(update => !update.UpToDate));
            Assert.Equal(stayed.After, resumed.After);
        }
    }

    [Fact]
    public async Task A_version_that_was_never_given_gets_a_whole_list()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await using var first = CardWatching.Start(on.Validator, Server.Channel);
        await first.HasAsync(card, DeclineReason.Unspecified);
        await first.IsUpToDateAsync();

        foreach (var version in new[] { first.After + 1, long.MaxValue, 1, first.Of(card)!.Version - 2 })
        {
            await using var watcher = CardWatching.Start(on.Validator, Server.Channel, version);
            await watcher.IsUpToDateAsync();
            Assert.Equal((true, 1), (watcher.Updates[0].Reset, watcher.Resets));
            Assert.Equal(first.Of(card), watcher.Of(card));
            Assert.Equal(first.After, watcher.After);
        }
    }

    [Fact]
    public async Task A_version_from_before_a_card_was_forgotten_gets_a_whole_list_and_a_later_one_does_not()
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        var on = await WireOperator.CreateAsync(ledger, server);
        var (stays, goes) = (await on.AddCardAsync(), await on.AddCardAsync());
        long before, after;
        await using (var watcher = CardWatching.Start(on.Validator, server.Channel))
        {
            await watcher.HasAsync(stays, DeclineReason.Unspecified);
            await watcher.HasAsync(goes, DeclineReason.Unspecified);
            before = watcher.After;
            await ledger.Provisioner.RemoveCreditAsync(on.AccountOf(goes));
            await watcher.HasAsync(goes, DeclineReason.CreditRemoved);
            after = watcher.After;
        }

        await ledger.ExecuteAsync("update card_state set changed_at = changed_at - interval '31 days'");
        // The sequencer forgets soon after it begins.
        await server.StopAsync();
        await using var next = await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        await Eventually.TrueAsync(
            () => ledger.AskAsync<bool>("select not exists (select from card_state where is_gone)"), Eventually.Bound, "it is forgotten");
        await next.GetsToKnowAsync(on.ValidatorToken);

        await using var late = CardWatching.Start(new TestCaller(next.Channel, on.ValidatorToken), next.Channel, before);
        await late.IsUpToDateAsync();
        Assert.Equal(1, late.Resets);
        Assert.Equal([stays.CardNumber!], late.Cards);

        await using var current = CardWatching.Start(new TestCaller(next.Channel, on.ValidatorToken), next.Channel, after);
        await current.IsUpToDateAsync();
        Assert.Equal((0, 1), (current.Resets, current.Updates.Count));
    }

    [Fact]
    public async Task After_a_failover_watchers_get_whole_lists_whether_they_stayed_or_resume()
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await using var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        await using var stays = CardWatching.Start(on.Validator, server.Channel);
        await stays.HasAsync(card, DeclineReason.Unspecified);
        var before = stays.After;

        // As another Postgres finds it that was promoted, and that lacks what was numbered last.
        await ledger.ExecuteAsync("update card_numbering set origin = 'another'; delete from card_state");
        await ledger.ExecuteAsync("insert into card_change select operator_id, card_number from credit_account");
        await using var superuser = await ledger.OpenSessionAsync(ledger.SuperuserConnectionString);
        await using (var end = superuser.CreateCommand())
        {
            end.CommandText = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
            await end.ExecuteNonQueryAsync();
        }

        await stays.UntilAsync(() => stays.Resets == 1 && stays.After > before, "it has begun anew");
        await stays.HasAsync(card, DeclineReason.Unspecified);
        await using var resumed = CardWatching.Start(on.Validator, server.Channel, before);
        await resumed.HasAsync(card, DeclineReason.Unspecified);
        Assert.Equal(1, resumed.Resets);
    }

    [Fact]
    public async Task A_negative_version_is_refused()
    {
        var on = await NewOperatorAsync();
        await using var watcher = CardWatching.Start(on.Validator, Server.Channel, -1);
        var error = await WireError.OfAsync(watcher.End, StatusCode.InvalidArgument, "INVALID_FIELDS");
        Assert.Equal("after_version", error.FieldList);
    }

    [Theory]
    [InlineData(ClientKind.Validator, true)]
    [InlineData(ClientKind.Console, true)]
    [InlineData(ClientKind.AppBackEnd, false)]
    [InlineData(null, false)]
    public async Task Validators_and_consoles_may_watch_and_nobody_else(ClientKind? kind, bool isAllowed)
    {
        var on = await NewOperatorAsync();
        var caller = kind is { } client ? await on.AddClientAsync(client) : await on.AddAppCallerAsync(await on.AddAppAsync());
        await using var watcher = CardWatching.Start(caller, Server.Channel);
        if (isAllowed)
        {
            await watcher.IsUpToDateAsync();
            return;
        }

        await WireError.OfAsync(watcher.End.WaitAsync(Eventually.Bound), StatusCode.PermissionDenied, "CALL_NOT_ALLOWED");
    }

    [Fact]
    public async Task Without_a_token_nobody_may_watch()
    {
        await using var watcher = CardWatching.Start(Server.Caller(null), Server.Channel);
        await WireError.OfAsync(watcher.End.WaitAsync(Eventually.Bound), StatusCode.Unauthenticated, "TOKEN_MISSING");
    }

    [Fact]
    public async Task A_token_that_is_ended_ends_what_is_watched_with_it_and_nothing_else()
    {
        var on = await NewOperatorAsync();
        var (id, token) = await Ledger.Provisioner.AddClientAsync(on.Terms.Id, ClientKind.Console, "A console");
        await Server.GetsToKnowAsync(token);
        await using var ends = CardWatching.Start(Server.Caller(token), Server.Channel);
        await using var stays = CardWatching.Start(on.Validator, Server.Channel);
        await ends.IsUpToDateAsync();
        await stays.IsUpToDateAsync();

        await Ledger.Provisioner.EndClientAsync(id);
        await WireError.OfAsync(ends.End.WaitAsync(Eventually.Bound), StatusCode.Unauthenticated, "TOKEN_INVALID");

        var card = await on.AddCardAsync();
        await stays.HasAsync(card, DeclineReason.Unspecified);
        Assert.Null(ends.Of(card));
    }

    [Fact]
    public async Task A_server_that_stops_says_so_and_another_one_goes_on_from_there()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await using var server = await InProcessServer.StartAsync(Ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        await server.GetsToKnowAsync(on.ValidatorToken);
        var caller = server.Caller(on.ValidatorToken);
        await using var watcher = CardWatching.Start(caller, server.Channel);
        await watcher.HasAsync(card, DeclineReason.Unspecified);
        await watcher.IsUpToDateAsync();

        var stopping = server.StopAsync();
        await WireError.OfAsync(watcher.End.WaitAsync(Eventually.Bound), StatusCode.Unavailable, "STOPPING");
        await stopping;
        await Ledger.Provisioner.SetBlockedAsync(on.AccountOf(card), blocked: true);
        await using var resumed = watcher.Resume(on.Validator, Server.Channel);
        await resumed.HasAsync(card, DeclineReason.Blocked);
        Assert.Equal((0, 1), (resumed.Resets, resumed.Updates.Count(update => !update.UpToDate)));
    }

    [Fact]
    public async Task A_call_with_a_deadline_ends_at_it()
    {
        var on = await NewOperatorAsync();
        using var call = new V1.OfflineService.OfflineServiceClient(Server.Channel).WatchCards(
            new WatchCardsRequest(), new CallOptions(on.Validator.Headers, DateTime.UtcNow.AddSeconds(1)));
        var error = await WireError.OfAsync(DrainAsync(call).WaitAsync(Eventually.Bound));
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
    }

    private static async Task DrainAsync(AsyncServerStreamingCall<CardUpdate> call)
    {
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            // Until its end.
        }
    }
}
