using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using Xunit;
using Xunit.Abstractions;
using DeclineReason = Authorisation.V1.DeclineReason;
using Instrument = Authorisation.Core.Instrument;

namespace Authorisation.Server.Tests.Cards;

/// <summary>
/// Two real servers, of which the one that numbers is killed, or stands still, in the middle of a stream of changes, while
/// validators watch through both. Every number that was given is in a log that the test's own trigger keeps.
/// </summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class KilledSequencerTests(SharedWire wire, ITestOutputHelper output) : IClassFixture<SharedWire>
{
    private const int Kills = 8;
    private const int Cards = 30;
    private const int WatchersOfEachServer = 3;
    private const int ChangersCount = 4;
    private const int NumbersBetweenKills = 60;
    private const long LimitMinor = 3_000;

    private const string LogSql = """
        create table numbered (
          place bigint generated always as identity, version bigint not null, card_number text not null, reason smallint not null,
          lapses_at timestamptz);
        create function log_number() returns trigger language plpgsql security definer as $$
        begin
          insert into numbered (version, card_number, reason, lapses_at) values (new.version, new.card_number, new.reason, new.lapses_at);
          return null;
        end $$;
        create trigger log_number after insert or update on card_state for each row execute function log_number();
        """;

    // Of the bigint that is locked, classid is the upper half, "card", and objid the lower.
    private const string SequencerSql = """
        select a.application_name
        from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.granted and l.classid::bigint = x'63617264'::bigint and l.objid::bigint = @Id
          and a.datname = current_database()
        """;

    // What the cards are like, worked out without a line of the code under test.
    private const string ModelSql = """
        select distinct on (a.card_number) a.card_number,
          case
            when a.removed_at is not null then 40
            when a.blocked_at is not null then 60
            when g.suspended_at is not null then 70
            when a.spent_minor >= a.limit_minor then 110
            else 0
          end
        from credit_account a
        join billing_snapshot p on p.id = a.billing_snapshot_id
        join organisation g on g.id = p.organisation_id
        order by a.card_number, a.removed_at desc nulls first
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_number_is_skipped_or_repeated_and_all_end_with_what_is_true(bool isHaltedOnly)
    {
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        await ledger.ExecuteAsync(LogSql);
        var oper = await TestOperator.CreateAsync(ledger);
        await using var one = new ServerNode(ledger.ServiceConnectionString + ";Application Name=one", wire.Redis);
        await using var two = new ServerNode(ledger.ServiceConnectionString + ";Application Name=two", wire.Redis);
        await Task.WhenAll(one.StartReadyAsync(), two.StartReadyAsync());
        ServerNode[] nodes = [one, two];
        var watchers = Enumerable.Range(0, nodes.Length * WatchersOfEachServer)
            .Select(i => WatcherChain.Start(nodes, i % nodes.Length, oper.ValidatorToken)).ToList();

        var changes = new Changes(nodes, oper);
        await changes.BeginAsync();
        for (var kill = 1; kill <= (isHaltedOnly ? 2 : Kills); kill++)
        {
            await NumbersAsync(ledger, NumbersBetweenKills);
            var name = await SequencerAsync(ledger, oper);
            var sequencer = string.Equals(name, "one", StringComparison.Ordinal) ? one : two;
            if (isHaltedOnly)
            {
                changes.OnlyAt(sequencer == one ? two : one);
                await IsTakenOverWhileHaltedAsync(ledger, oper, sequencer, name);
                changes.OnlyAt(node: null);
                continue;
            }

            await sequencer.KillAsync();
            await NumbersAsync(ledger, NumbersBetweenKills);
            Assert.NotEqual(name, await SequencerAsync(ledger, oper), StringComparer.Ordinal);
            await sequencer.StartAsync();
        }

        await changes.StopAsync();
        await Eventually.TrueAsync(
            () => ledger.AskAsync<bool>("select not exists (select from card_change) and not exists (select from organisation_change)"),
            Eventually.Bound, "all is numbered");
        var last = await ledger.AskAsync<long>("select last_version from card_numbering");
        await Eventually.TrueAsync(
            () => watchers.TrueForAll(watcher => watcher.After == last), Eventually.Bound, "all have seen the last number");
        await Task.WhenAll(watchers.Select(watcher => watcher.StopAsync()));
        await CheckAsync(ledger, watchers, last);
        output.WriteLine(string.Join(", ", watchers.Select(watcher => $"{watcher.Updates.Count} updates in {watcher.Calls} calls")));
        Assert.All(nodes, node => Assert.True(node.ErrorsLogged == "", node.ErrorsLogged));
    }

    private static async Task IsTakenOverWhileHaltedAsync(TestLedger ledger, TestOperator oper, ServerNode node, string name)
    {
        node.Program.Signal(Signals.Stop);
        try
        {
            await Eventually.TrueAsync(
                async () => await SequencerAsync(ledger, oper) != name, Eventually.Bound * 2, "the other server numbers");
            await NumbersAsync(ledger, NumbersBetweenKills);
        }
        finally
        {
            node.Program.Signal(Signals.Continue);
        }
    }

    private static async Task CheckAsync(TestLedger ledger, IReadOnlyList<WatcherChain> watchers, long last)
    {
        await using var connection = await ledger.Owner.OpenConnectionAsync();
        var numbered = (await connection.QueryAsync<(long Version, string Card, short Reason, DateTime? LapsesAt)>(
            "select version, card_number, reason, lapses_at from numbered order by place")).ToList();
        var first = await connection.ExecuteScalarAsync<long>("select epoch + 1 from card_numbering");
        Assert.Equal(Enumerable.Range(0, numbered.Count).Select(i => first + i), numbered.Select(one => one.Version));
        Assert.Equal(last, numbered[^1].Version);
        var model = (await connection.QueryAsync<(string Card, int Reason)>(ModelSql)).ToDictionary(
            row => row.Card, row => (DeclineReason)row.Reason, StringComparer.Ordinal);
        var byVersion = numbered.ToDictionary(one => one.Version);

        foreach (var watcher in watchers)
        {
            Assert.DoesNotContain(watcher.Updates, update => update.Reset);
            var updates = watcher.Updates.Where(update => !update.UpToDate).ToList();
            Assert.Equal(updates.Select(update => update.Version).Distinct().Order(), updates.Select(update => update.Version));
            Assert.All(updates, update => Assert.Equal(
                byVersion[update.Version],
                (update.Version, update.CardNumber, (short)update.Reason, update.LapsesAt?.ToDateTime())));
            // What it did not see, it did not see because the card had changed again before it could be sent.
            var lastOf = updates.GroupBy(update => update.CardNumber, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
            var seen = updates.Select(update => update.Version).ToHashSet();
            Assert.All(
                numbered.Where(one => !seen.Contains(one.Version)),
                one => Assert.True(lastOf.TryGetValue(one.Card, out var update) && update.Version > one.Version, $"{one} was skipped"));
            Assert.Equal(
                model.OrderBy(pair => pair.Key, StringComparer.Ordinal),
                lastOf.ToDictionary(pair => pair.Key, pair => pair.Value.Reason, StringComparer.Ordinal).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        }
    }

    private static async Task NumbersAsync(TestLedger ledger, int more)
    {
        var before = await ledger.AskAsync<long>("select count(*) from numbered");
        await Eventually.TrueAsync(
            async () => await ledger.AskAsync<long>("select count(*) from numbered") >= before + more, Eventually.Bound * 2, "cards are numbered");
    }

    private static async Task<string> SequencerAsync(TestLedger ledger, TestOperator oper)
    {
        await using var superuser = await ledger.OpenSessionAsync(ledger.SuperuserConnectionString);
        string? name = null;
        await Eventually.TrueAsync(
            async () => (name = await superuser.ExecuteScalarAsync<string?>(SequencerSql, new { oper.Terms.Id })) is not null,
            Eventually.Bound,
            "a server numbers");
        return name!;
    }

    /// <summary>Buys on, blocks, removes, gives and suspends, at random, until it is told to stop.</summary>
    private sealed class Changes(IReadOnlyList<ServerNode> nodes, TestOperator oper)
    {
        private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);

        private readonly List<Instrument> _cards = [];
        private Task _changers = Task.CompletedTask;
        private volatile bool _isStopping;
        private volatile ServerNode? _only;

        /// <summary>Who buys does so at one server only from now on; null for all.</summary>
        public void OnlyAt(ServerNode? node) => _only = node;

        public async Task BeginAsync()
        {
            for (var i = 0; i < Cards; i++)
            {
                _cards.Add(await oper.AddCardAsync(LimitMinor));
            }

            _changers = Task.WhenAll(Enumerable.Range(0, ChangersCount).Select(seed => Task.Run(() => ChangeAsync(new Random(seed)))));
        }

        public Task StopAsync()
        {
            _isStopping = true;
            return _changers.WaitAsync(Eventually.Bound);
        }

        private async Task ChangeAsync(Random random)
        {
            while (!_isStopping)
            {
                var card = _cards[random.Next(_cards.Count)];
                var account = oper.AccountOf(card);
                try
                {
                    await (random.Next(100) switch
                    {
                        < 45 => BuyAsync(card, random),
                        < 65 => oper.Ledger.Provisioner.SetBlockedAsync(account, random.Next(3) == 0),
                        < 85 => oper.Ledger.ExecuteAsync(
                            "update credit_account set spent_minor = 0, version = version + 1 where id = @account", new { account }),
                        < 90 => oper.Ledger.Provisioner.RemoveCreditAsync(account),
                        < 99 => oper.AddCardAsync(card.CardNumber!, LimitMinor),
                        _ => oper.Ledger.Provisioner.SetSuspendedAsync(oper.OrganisationId, random.Next(2) == 0),
                    });
                }
                catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
                {
                    // The card has credit, or somebody else was first.
                }
            }
        }

        private async Task BuyAsync(Instrument card, Random random)
        {
            var node = _only ?? nodes[random.Next(nodes.Count)];
            try
            {
                await new TestCaller(node.Channel, oper.ValidatorToken).AuthoriseAsync(
                    new AuthoriseRequest
                    {
                        AuthorisationId = Guid.CreateVersion7().ToString(),
                        CardNumber = card.CardNumber,
                        AmountMinor = LimitMinor / random.Next(1, 4),
                        Currency = oper.Terms.Currency,
                    },
                    CallDeadline);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Cancelled)
            {
                // Killed or halted in the middle of it.
            }
        }
    }
}
