using Authorisation.Core;
using Authorisation.Ledger.Cards;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Cards;

/// <summary>Passes of the numberer, one by one and several at once.</summary>
[Trait("Tier", "Slow")]
public sealed class NumberingTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int LostEvent = 2202;
    private const int TroubleEvent = 2203;

    private CardReader Reader => new(Keep(Ledger.Connect(loggers: Loggers)));

    [Fact]
    public async Task Numbers_follow_one_another_and_what_has_not_changed_gets_none()
    {
        var numberer = await NewNumbererAsync();
        var (one, two) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        await numberer.PassAsync(CancellationToken.None);
        var first = await ReadAsync();
        Assert.Equal([first.Numbering.Epoch + 1, first.Numbering.Epoch + 2], first.Cards.Select(card => card.Version));
        Assert.Equal(first.Numbering.Epoch + 2, first.Numbering.Last);

        await Ledger.Provisioner.SetLimitAsync(Operator.AccountOf(one), 60_000);
        await numberer.PassAsync(CancellationToken.None);
        Assert.Equal(first.Cards, (await ReadAsync()).Cards);

        await Ledger.Provisioner.SetBlockedAsync(Operator.AccountOf(one), blocked: true);
        await Ledger.Provisioner.SetBlockedAsync(Operator.AccountOf(two), blocked: true);
        await Ledger.Provisioner.SetBlockedAsync(Operator.AccountOf(two), blocked: false);
        await numberer.PassAsync(CancellationToken.None);
        var page = await ReadAsync(first.Numbering.Last);
        var card = Assert.Single(page.Cards);
        Assert.Equal((first.Numbering.Last + 1, one.CardNumber, DeclineReason.Blocked), (card.Version, card.CardNumber, card.Reason));
    }

    [Fact]
    public async Task A_change_that_is_not_committed_is_numbered_after_it_is()
    {
        var numberer = await NewNumbererAsync();
        var card = await Operator.AddCardAsync();
        await numberer.PassAsync(CancellationToken.None);
        await using var psql = await Ledger.OpenSessionAsync();
        await psql.ExecuteAsync("begin transaction");
        await psql.ExecuteAsync("update credit_account set blocked_at = now() where id = @id", new { id = Operator.AccountOf(card) });

        await numberer.PassAsync(CancellationToken.None);
        Assert.Equal(DeclineReason.None, Assert.Single((await ReadAsync()).Cards).Reason);

        await psql.ExecuteAsync("commit transaction");
        await numberer.PassAsync(CancellationToken.None);
        Assert.Equal(DeclineReason.Blocked, Assert.Single((await ReadAsync()).Cards).Reason);
    }

    [Fact]
    public async Task A_pass_that_is_broken_off_leaves_the_changes_for_the_next()
    {
        var numberer = await NewNumbererAsync();
        await Operator.AddCardAsync();
        await using var psql = await Ledger.OpenSessionAsync();
        await psql.ExecuteAsync("begin transaction");
        await psql.ExecuteAsync("select from card_numbering where operator_id = @Id for update", new { Operator.Terms.Id });
        // The lock is not given in time.
        await Assert.ThrowsAsync<PostgresException>(() => numberer.PassAsync(CancellationToken.None));
        await psql.ExecuteAsync("rollback transaction");
        Assert.Empty((await ReadAsync()).Cards);

        await numberer.PassAsync(CancellationToken.None);
        Assert.Single((await ReadAsync()).Cards);
    }

    [Fact]
    public async Task Several_numberers_at_once_number_as_one_does()
    {
        const int Rounds = 60;
        var cards = new List<Instrument>();
        for (var i = 0; i < 10; i++)
        {
            cards.Add(await Operator.AddCardAsync());
        }

        // They wait for one another all the time, and on a busy machine for longer than a server does.
        var numberers = new[]
        {
            await NewNumbererAsync(isPatient: true), await NewNumbererAsync(isPatient: true), await NewNumbererAsync(isPatient: true),
        };
        using var isOver = new CancellationTokenSource();
        var passes = numberers.Select(numberer => Task.Run(async () =>
        {
            while (!isOver.IsCancellationRequested)
            {
                await numberer.PassAsync(CancellationToken.None);
            }
        })).ToList();
        var random = new Random(1);
        for (var i = 0; i < Rounds; i++)
        {
            await Ledger.Provisioner.SetBlockedAsync(Operator.AccountOf(cards[random.Next(cards.Count)]), random.Next(2) == 0);
        }

        await isOver.CancelAsync();
        await Task.WhenAll(passes).WaitAsync(Eventually.Bound);
        await numberers[0].PassAsync(CancellationToken.None);
        var page = await ReadAsync();
        Assert.Equal(page.Numbering.Last, page.Cards[^1].Version);
        Assert.Equal(cards.Count, page.Cards.Count);
        foreach (var card in page.Cards)
        {
            Assert.Equal(
                await Ledger.AskAsync<bool>("select blocked_at is not null from credit_account where card_number = @CardNumber", new { card.CardNumber }),
                card.Reason == DeclineReason.Blocked);
        }
    }

    [Fact]
    public async Task A_card_that_has_been_gone_for_long_is_forgotten_and_stays_so_until_it_has_credit_again()
    {
        var numberer = await NewNumbererAsync();
        var (gone, stays) = (await Operator.AddCardAsync(), await Operator.AddCardAsync());
        await numberer.PassAsync(CancellationToken.None);
        await Ledger.Provisioner.RemoveCreditAsync(Operator.AccountOf(gone));
        await numberer.PassAsync(CancellationToken.None);
        var before = await ReadAsync();
        Assert.Equal(0, await numberer.ForgetAsync(CancellationToken.None));

        await Ledger.ExecuteAsync(
            "update card_state set changed_at = changed_at - interval '31 days' where operator_id = @Id", new { Operator.Terms.Id });
        Assert.Equal(1, await numberer.ForgetAsync(CancellationToken.None));
        var after = await ReadAsync();
        Assert.Equal(stays.CardNumber, Assert.Single(after.Cards).CardNumber);
        Assert.Equal((before.Numbering.Last, before.Numbering.Last), (after.Numbering.Last, after.Numbering.Oldest));

        await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, suspended: true);
        await Ledger.Provisioner.SetSuspendedAsync(Operator.OrganisationId, suspended: false);
        await numberer.PassAsync(CancellationToken.None);
        Assert.Equal(after.Cards, (await ReadAsync()).Cards);

        await Operator.AddCardAsync(gone.CardNumber!, 1_000);
        await numberer.PassAsync(CancellationToken.None);
        Assert.Equal(gone.CardNumber, (await ReadAsync()).Cards[^1].CardNumber);
    }

    [Fact]
    public async Task An_era_begins_above_all_numbers_that_were_given_before()
    {
        var numberer = await NewNumbererAsync();
        await Operator.AddCardAsync();
        await numberer.PassAsync(CancellationToken.None);
        var before = (await ReadAsync()).Numbering;
        Assert.False(await (await NewNumbererAsync(begin: false)).BeginAsync(CancellationToken.None));
        Assert.True(before.CanResumeAfter(before.Last));

        await Ledger.ExecuteAsync("update card_numbering set origin = 'another' where operator_id = @Id", new { Operator.Terms.Id });
        Assert.True(await (await NewNumbererAsync(begin: false)).BeginAsync(CancellationToken.None));

        var after = (await ReadAsync()).Numbering;
        Assert.True(after.Epoch > before.Last);
        Assert.Equal((after.Epoch, after.Epoch), (after.Last, after.Oldest));
        Assert.False(after.CanResumeAfter(before.Last));
    }

    [Fact]
    public async Task Cards_that_cannot_be_numbered_keep_nobody_elses_waiting()
    {
        Log.Expect(TroubleEvent);
        var ledger = Keep(await Shared.CreateOwnAsync());
        var (broken, sound) = (await TestOperator.CreateAsync(ledger), await TestOperator.CreateAsync(ledger));
        await broken.AddCardAsync();
        await ledger.ExecuteAsync("update credit_account set month = 13");
        await sound.AddCardAsync();
        using var stop = new CancellationTokenSource();
        var reader = new CardReader(Keep(ledger.Connect(loggers: Loggers)));
        var running = NewSequencer(ledger).RunAsync(stop.Token);

        await IsNumberedAsync(reader, sound);
        await Eventually.TrueAsync(() => Log.Entries.Any(entry => entry.EventId.Id == TroubleEvent), Eventually.Bound, "it is told");
        Assert.Empty((await reader.ReadAsync(broken.Terms.Id, 0, CancellationToken.None)).Cards);
        await ledger.ExecuteAsync("update credit_account set month = 0 where month = 13");
        await IsNumberedAsync(reader, broken);

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Bound);
        AssertToldOnce();
    }

    [Fact]
    public async Task An_operator_whose_row_is_locked_at_the_takeover_keeps_nobody_elses_waiting()
    {
        Log.Expect(TroubleEvent);
        var ledger = Keep(await Shared.CreateOwnAsync());
        var (locked, sound) = (await TestOperator.CreateAsync(ledger), await TestOperator.CreateAsync(ledger));
        await locked.AddCardAsync();
        await sound.AddCardAsync();
        await ledger.ExecuteAsync("insert into card_numbering (operator_id) values (@Id)", new { locked.Terms.Id });
        await using var psql = await ledger.OpenSessionAsync();
        await psql.ExecuteAsync("begin transaction");
        await psql.ExecuteAsync("select from card_numbering where operator_id = @Id for update", new { locked.Terms.Id });
        using var stop = new CancellationTokenSource();
        var reader = new CardReader(Keep(ledger.Connect(loggers: Loggers)));
        var running = NewSequencer(ledger).RunAsync(stop.Token);

        await IsNumberedAsync(reader, sound);
        await Eventually.TrueAsync(() => Log.Entries.Any(entry => entry.EventId.Id == TroubleEvent), Eventually.Bound, "it is told");
        // Its lock is free for another server, too.
        await Eventually.TrueAsync(
            async () => await psql.ExecuteScalarAsync<bool>(
                "select pg_try_advisory_xact_lock((x'63617264'::bigint << 32) + @Id)", new { locked.Terms.Id }),
            Eventually.Bound, "its lock is given back");
        await psql.ExecuteAsync("rollback transaction");
        await IsNumberedAsync(reader, locked);

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Bound);
        AssertToldOnce();
        Assert.DoesNotContain(Log.Entries, entry => entry.EventId.Id == LostEvent);
    }

    [Fact]
    public async Task A_pass_that_takes_too_long_keeps_nobody_elses_waiting()
    {
        Log.Expect(TroubleEvent);
        var ledger = Keep(await Shared.CreateOwnAsync());
        var (slow, sound) = (await TestOperator.CreateAsync(ledger), await TestOperator.CreateAsync(ledger));
        await ledger.ExecuteAsync(
            $"""
            create function take_too_long() returns trigger language plpgsql as $$
            begin
              if new.operator_id = {slow.Terms.Id} then perform pg_sleep(60); end if;
              return new;
            end $$;
            create trigger take_too_long before insert on card_state for each row execute function take_too_long()
            """);
        using var stop = new CancellationTokenSource();
        var reader = new CardReader(Keep(ledger.Connect(loggers: Loggers)));
        await slow.AddCardAsync();
        var running = NewSequencer(ledger).RunAsync(stop.Token);

        await Eventually.TrueAsync(() => Log.Entries.Any(entry => entry.EventId.Id == TroubleEvent), Eventually.Bound, "it is told");
        await sound.AddCardAsync();
        await IsNumberedAsync(reader, sound);

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Bound);
        Assert.DoesNotContain(Log.Entries, entry => entry.EventId.Id == LostEvent);
    }

    // Of a busy Postgres there may be other trouble besides, which is told too.
    private void AssertToldOnce() => Assert.Distinct(
        Log.Entries.Where(entry => entry.EventId.Id == TroubleEvent).Select(entry => entry.Exception!.Message),
        StringComparer.Ordinal);

    private CardSequencer NewSequencer(TestLedger ledger) =>
        new(Keep(ledger.Connect(loggers: Loggers)), TimeProvider.System, Loggers.CreateLogger<CardSequencer>());

    private static Task IsNumberedAsync(CardReader reader, TestOperator oper) => Eventually.TrueAsync(
        async () => (await reader.ReadAsync(oper.Terms.Id, 0, CancellationToken.None)).Cards.Count == 1, Eventually.Bound, "its card is numbered");

    private async Task<CardNumberer> NewNumbererAsync(bool begin = true, bool isPatient = false)
    {
        var connection = Keep(Keep(Ledger.Connect(loggers: Loggers)).NewSequencerConnection());
        await connection.OpenAsync();
        if (isPatient)
        {
            await connection.ExecuteAsync("set lock_timeout = 0");
        }

        var numberer = new CardNumberer(connection, Operator.Terms.Id, Operator.Terms.TimeZone);
        if (begin)
        {
            await numberer.BeginAsync(CancellationToken.None);
        }

        return numberer;
    }

    private Task<CardPage> ReadAsync(long after = 0) => Reader.ReadAsync(Operator.Terms.Id, after, CancellationToken.None);
}
