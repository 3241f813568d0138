using Authorisation.Server.Tests.Cards;
using Authorisation.Server.Tests.Operations;
using Authorisation.Server.Tests.Streams;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Ledgers;

/// <summary>The operators of two ledgers at one server, on one connection.</summary>
public sealed class TwoLedgerTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task What_an_operators_callers_do_is_done_in_its_own_ledger()
    {
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync();
        WireOperator[] both = [south, north];
        await Task.WhenAll(both.Select(async on =>
        {
            var card = await on.AddCardAsync(50_000);
            var request = on.Buy(card, 9_000);
            Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(request)).Decision);
            Assert.True((await on.Validator.AuthoriseAsync(request)).Replayed);
            Assert.Equal(9_000, (await on.Validator.GetAuthorisationAsync(request.AuthorisationId)).AmountMinor);

            var held = await on.BuyAsync(card, 5_000, hold: true);
            await on.Validator.CaptureAsync(held, 4_000);
            var voided = await on.BuyAsync(card, 6_000);
            await on.Validator.VoidAsync(voided);
            Assert.Equal(50_000 - 9_000 - 4_000, (await on.Validator.GetCreditAsync(card)).RemainingMinor);

            var listed = await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber });
            Assert.Equal(3, listed.Authorisations.Count);
            Assert.Equal(13_000, await on.SpentAsync(card));
            Assert.Equal(3, await on.RowsAsync());
        }));

        Assert.Equal(3, await two.First.AskAsync<long>("select count(*) from authorisation"));
        Assert.Equal(3, await two.Second.AskAsync<long>("select count(*) from authorisation"));
    }

    [Fact]
    public async Task What_devices_sold_out_of_reach_goes_to_the_ledger_of_their_operator()
    {
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync();
        foreach (var on in new[] { south, north })
        {
            var card = await on.AddCardAsync(50_000);
            await on.SetGivenAsync(card, DateTimeOffset.UtcNow.AddDays(-1));
            var result = Assert.Single(await on.Validator.AdviseAsync(AdviceCall.Sold(on, card, 7_000)));
            Assert.Null(result.Error);
            Assert.Equal((7_000, 1), (await on.SpentAsync(card), await on.RowsAsync()));
        }
    }

    [Fact]
    public async Task The_same_id_of_operators_in_two_ledgers_is_two_purchases_and_neither_sees_the_others()
    {
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync();
        var (first, second) = (south.Buy(await south.AddCardAsync(), 1_000), north.Buy(await north.AddCardAsync(), 2_000));
        second.AuthorisationId = first.AuthorisationId;

        await south.Validator.AuthoriseAsync(first);
        await WireError.OfAsync(
            north.Validator.GetAuthorisationAsync(first.AuthorisationId), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        Assert.False((await north.Validator.AuthoriseAsync(second)).Replayed);

        Assert.Equal(1_000, (await south.Validator.GetAuthorisationAsync(first.AuthorisationId)).AmountMinor);
        Assert.Equal(2_000, (await north.Validator.GetAuthorisationAsync(first.AuthorisationId)).AmountMinor);
    }

    [Fact]
    public async Task The_same_card_number_in_two_ledgers_is_two_cards_to_the_cache_too()
    {
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync();
        var number = Testing.Ledger.TestOperator.NewCardNumber();
        var (inSouth, inNorth) = (await south.AddCardAsync(number, 10_000), await north.AddCardAsync(number, 90_000));
        for (var i = 0; i < 3; i++)
        {
            await south.BuyAsync(inSouth, 1_000);
            await north.BuyAsync(inNorth, 2_000);
        }

        // Twice, so that the second is answered by the copy in Redis if the first was not.
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((7_000, 84_000), (
                (await south.Validator.GetCreditAsync(inSouth)).RemainingMinor, (await north.Validator.GetCreditAsync(inNorth)).RemainingMinor));
        }
    }

    [Fact]
    public async Task Streams_on_one_connection_go_to_the_ledgers_of_their_operators()
    {
        const int Purchases = 50;
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync();
        await Task.WhenAll(new[] { south, north }.Select(async on =>
        {
            var card = await on.AddCardAsync();
            using var stream = TestStream.Open(on.Validator);
            var answers = await stream.AuthoriseAsync([.. Enumerable.Range(0, Purchases).Select(_ => on.Buy(card, 100))]);
            await stream.EndAsync();
            Assert.All(answers, answer => Assert.Equal(Decision.Approved, answer.Decision));
            Assert.Equal((Purchases, Purchases * 100), (await on.RowsAsync(), await on.SpentAsync(card)));
        }));
    }

    [Fact]
    public async Task A_token_works_at_once_and_until_it_is_ended_in_whichever_ledger_it_is()
    {
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync();
        foreach (var (on, ledger) in new[] { (south, two.First), (north, two.Second) })
        {
            var card = await on.AddCardAsync();
            var (clientId, token) = await ledger.Provisioner.AddClientAsync(on.Terms.Id, ClientKind.Console, "A console");
            await two.Server.Caller(token).AuthoriseAsync(on.Buy(card));

            await ledger.Provisioner.EndClientAsync(clientId);
            await Eventually.TrueAsync(() => !two.Server.Knows(token), Eventually.Bound, "the token is ended");
            await WireError.OfAsync(
                two.Server.Caller(token).AuthoriseAsync(on.Buy(card)), StatusCode.Unauthenticated, "TOKEN_INVALID");
            await on.Validator.AuthoriseAsync(on.Buy(card));
        }
    }

    [Fact]
    public async Task An_app_ends_its_access_in_its_own_ledger()
    {
        await using var two = await TwoLedgers.StartAsync(Wire, $"--Activation:CodeKey={Convert.ToBase64String(new byte[32])}");
        var (south, north) = await two.AddOperatorsAsync();
        var (southApp, northApp) = (
            await south.AddAppCallerAsync(await south.AddAppAsync()), await north.AddAppCallerAsync(await north.AddAppAsync()));

        await new V1.ActivationService.ActivationServiceClient(northApp.Channel).DeactivateAsync(
            new DeactivateRequest(), northApp.Headers, DateTime.UtcNow + TestCaller.CallBound);
        await Eventually.TrueAsync(
            async () => (await WireError.OfAsync(northApp.GetAuthorisationAsync(TestCaller.NewId()))).Code == StatusCode.Unauthenticated,
            Eventually.Bound, "the app is out");
        await WireError.OfAsync(
            southApp.GetAuthorisationAsync(TestCaller.NewId()), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
    }

    [Fact]
    public async Task Cards_are_numbered_and_watched_in_each_ledger()
    {
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync();
        await using var southern = CardWatching.Start(south.Validator, two.Server.Channel);
        await using var northern = CardWatching.Start(north.Validator, two.Server.Channel);
        var (inSouth, inNorth) = (await south.AddCardAsync(), await north.AddCardAsync());
        await southern.HasAsync(inSouth, DeclineReason.Unspecified);
        await northern.HasAsync(inNorth, DeclineReason.Unspecified);

        await two.Second.Provisioner.SetBlockedAsync(north.AccountOf(inNorth), blocked: true);
        await northern.HasAsync(inNorth, DeclineReason.Blocked);
        Assert.Equal([inSouth.CardNumber!], southern.Cards);
        Assert.Equal([inNorth.CardNumber!], northern.Cards);
    }

    [Fact]
    public async Task Holds_that_lapse_are_expired_in_each_ledger()
    {
        await using var two = await TwoLedgers.StartAsync(Wire);
        var (south, north) = await two.AddOperatorsAsync(add => add with { HoldTime = TimeSpan.FromSeconds(1) });
        foreach (var on in new[] { south, north })
        {
            await on.BuyAsync(await on.AddCardAsync(), 5_000, hold: true);
        }

        foreach (var ledger in new[] { two.First, two.Second })
        {
            await Eventually.TrueAsync(
                async () => await ledger.AskAsync<long>("select count(*) from operation") == 1, Eventually.Bound, "the expiry is recorded");
        }
    }

    [Fact]
    public async Task Metrics_and_log_lines_say_which_ledger()
    {
        await using var two = await TwoLedgers.StartAsync(Wire, InProcessServer.WithMetrics);
        var (south, north) = await two.AddOperatorsAsync();
        await south.BuyAsync(await south.AddCardAsync(), 1_000);
        var card = await north.AddCardAsync();
        await north.BuyAsync(card, 1_000);
        await north.BuyAsync(card, 1_000);

        var scrape = await Scrape.UntilAsync(
            two.Server.Metrics,
            scrape => scrape.Value("authorisation_sequencer_operators", "ledger", "default") == 1
                && scrape.Value("authorisation_sequencer_operators", "ledger", TwoLedgers.North) == 1,
            "the cards of both are numbered");
        Assert.Equal(1, scrape.Value("authorisation_ready"));
        foreach (var (ledger, purchases) in new[] { ("default", 1), (TwoLedgers.North, 2) })
        {
            Assert.Equal(1, scrape.Value("authorisation_ledger_ready", "ledger", ledger));
            Assert.Equal(purchases, scrape.Value("authorisation_decisions_total", "ledger", ledger));
            Assert.Equal(purchases, scrape.Value("authorisation_commit_commands_total", "ledger", ledger));
            Assert.Equal(purchases, scrape.Value("authorisation_commit_queue_wait_seconds_count", "ledger", ledger));
            Assert.True(scrape.Value("authorisation_commit_duration_seconds_count", "ledger", ledger) > 0);
            Assert.True(scrape.Value("authorisation_commit_batch_size_count", "ledger", ledger) > 0);
            Assert.Equal(0, scrape.Value("authorisation_commit_queue_depth", "ledger", ledger));
            Assert.Equal(0, scrape.Value("authorisation_accounts_locked", "ledger", ledger));
            Assert.Equal(2, scrape.Value("authorisation_tokens_known", "ledger", ledger));
            Assert.Contains(two.Server.Log.Entries, entry => entry.Message == $"ledger {ledger}: The ledger is ready");
        }
    }
}
