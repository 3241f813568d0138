using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Access;

public sealed class AccessFeedTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task The_first_poll_tells_every_token_and_operator_and_whom_it_stands_for()
    {
        var certificate = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var (consoleId, console) = await Ledger.Provisioner.AddClientAsync(Operator.Terms.Id, ClientKind.Console, "C", certificate);
        var app = await Operator.AddAppAsync();
        var appToken = await Ledger.Provisioner.AddAppTokenAsync(app.AccountId);
        await using var feed = await OpenAsync();

        var (changes, operators) = await feed.PollAsync(CancellationToken.None);

        var grants = changes.ToDictionary(change => change.Token, change => change.Grant);
        var operatorId = Operator.Terms.Id;
        Assert.Equal(
            new AccessGrant(operatorId, Operator.Validator.ClientId, ClientKind.Validator, null, null), grants[Hash(Operator.ValidatorToken)]);
        Assert.Equal(
            new AccessGrant(operatorId, consoleId, ClientKind.Console, null, Convert.ToHexString(certificate)), grants[Hash(console)]);
        Assert.Equal(new AccessGrant(operatorId, null, null, app.AccountId, null), grants[Hash(appToken)]);
        Assert.Equal(Operator.Terms, Assert.Single(operators, found => found.Id == operatorId));
    }

    [Fact]
    public async Task A_later_poll_tells_what_is_new_and_what_ended()
    {
        var app = await Operator.AddAppAsync();
        var first = await Ledger.Provisioner.AddAppTokenAsync(app.AccountId);
        await using var feed = await OpenAsync();
        await feed.PollAsync(CancellationToken.None);

        var second = await Ledger.Provisioner.AddAppTokenAsync(app.AccountId);
        await Ledger.Provisioner.EndClientAsync(Operator.Validator.ClientId!.Value);
        var grants = await PollAsync(feed);
        Assert.Null(grants[Hash(first)]);
        Assert.Equal(app.AccountId, grants[Hash(second)]!.AppAccountId);
        Assert.Null(grants[Hash(Operator.ValidatorToken)]);

        await Ledger.Provisioner.RemoveCreditAsync(app.AccountId);
        Assert.Null((await PollAsync(feed))[Hash(second)]);
    }

    [Fact]
    public async Task An_operators_new_terms_are_told_at_the_next_poll()
    {
        await using var feed = await OpenAsync();
        await feed.PollAsync(CancellationToken.None);
        await Ledger.Provisioner.SetOffersCardCreditAsync(Operator.Terms.Id, offers: false);

        var (_, operators) = await feed.PollAsync(CancellationToken.None);

        Assert.False(Assert.Single(operators, found => found.Id == Operator.Terms.Id).OffersCardCredit);
    }

    [Fact]
    public async Task A_change_that_commits_after_younger_ones_were_told_is_not_missed()
    {
        await using var feed = await OpenAsync();
        await feed.PollAsync(CancellationToken.None);
        await using var slow = await Ledger.OpenSessionAsync();
        await slow.ExecuteAsync("begin transaction");
        await slow.ExecuteAsync(
            "update access_token set ended_at = now() where client_id = @ClientId", new { Operator.Validator.ClientId });

        // Younger transactions come and go, and polls between them.
        for (var i = 0; i < 3; i++)
        {
            var (_, token) = await Ledger.Provisioner.AddClientAsync(Operator.Terms.Id, ClientKind.Validator, "young");
            var grants = await PollAsync(feed);
            Assert.NotNull(grants[Hash(token)]);
            Assert.False(grants.TryGetValue(Hash(Operator.ValidatorToken), out var early) && early is null);
        }

        await slow.ExecuteAsync("commit transaction");

        Assert.Null((await PollAsync(feed))[Hash(Operator.ValidatorToken)]);
    }

    [Fact]
    public async Task A_change_wakes_who_waits_and_a_quiet_wait_ends_by_itself()
    {
        // In a database of its own, where nobody else's changes wake it.
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        await using var database = ledger.Connect();
        await using var feed = await AccessFeed.OpenAsync(database, CancellationToken.None);
        await feed.PollAsync(CancellationToken.None);
        await feed.WaitAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None).WaitAsync(Eventually.Bound);

        var began = Stopwatch.GetTimestamp();
        var waiting = feed.WaitAsync(2 * Eventually.Bound, CancellationToken.None);
        await ledger.Provisioner.EndClientAsync(oper.Validator.ClientId!.Value);
        await waiting.WaitAsync(Eventually.Bound);

        Assert.True(Stopwatch.GetElapsedTime(began) < Eventually.Bound);
        var (changes, _) = await feed.PollAsync(CancellationToken.None);
        Assert.Null(Assert.Single(changes, change => change.Token == Hash(oper.ValidatorToken)).Grant);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        // In a database of its own, where nobody else's changes end it.
        var ledger = Keep(await Shared.CreateOwnAsync());
        await using var database = ledger.Connect();
        await using var feed = await AccessFeed.OpenAsync(database, CancellationToken.None);
        await feed.PollAsync(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var waiting = feed.WaitAsync(2 * Eventually.Bound, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Eventually.Bound));
    }

    [Fact]
    public async Task A_feed_whose_session_was_ended_throws_and_a_new_one_tells_the_whole_again()
    {
        await using var database = Ledger.Connect(Operator.Terms.Code);
        await using (var feed = await AccessFeed.OpenAsync(database, CancellationToken.None))
        {
            await feed.PollAsync(CancellationToken.None);
            await using var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
            await superuser.ExecuteAsync(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = @Code", new { Operator.Terms.Code });
            await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => feed.PollAsync(CancellationToken.None));
        }

        await using var another = await AccessFeed.OpenAsync(database, CancellationToken.None);
        Assert.NotNull((await PollAsync(another))[Hash(Operator.ValidatorToken)]);
    }

    private async Task<AccessFeed> OpenAsync() => await AccessFeed.OpenAsync(Keep(Ledger.Connect()), CancellationToken.None);

    private static async Task<Dictionary<TokenHash, AccessGrant?>> PollAsync(AccessFeed feed) =>
        (await feed.PollAsync(CancellationToken.None)).Changes.ToDictionary(change => change.Token, change => change.Grant);

    private static TokenHash Hash(string token) => TokenHash.TryOf(token, out var hash) ? hash : throw new ArgumentException(token, nameof(token));
}
