using System.Diagnostics;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using Xunit;

namespace Authorisation.Server.Tests.Outages;

/// <summary>An account that an open psql session keeps locked.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class LockedAccountTests(SharedWire wire) : WireTest(wire)
{
    private static readonly TimeSpan ShortDeadline = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan GivenBackBound = Core.Limits.SetAsideTime + TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_call_ends_at_its_deadline_its_neighbours_go_on_and_a_retry_gets_the_decision()
    {
        var on = await NewOperatorAsync();
        var (locked, neighbour) = (await on.AddCardAsync(), await on.AddCardAsync());
        var request = on.Buy(locked);
        await using (await LockAsync(on, locked))
        {
            var clock = Stopwatch.StartNew();
            var error = await WireError.OfAsync(on.Validator.AuthoriseAsync(request, ShortDeadline));
            Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
            Assert.True(clock.Elapsed < GivenBackBound, $"It took {clock.ElapsedMilliseconds} ms.");
            Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(on.Buy(neighbour))).Decision);
        }

        Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(request)).Decision);
        Assert.Equal((2, 1_000), (await on.RowsAsync(), await on.SpentAsync(locked)));
    }

    [Fact]
    public async Task A_call_that_would_wait_for_long_is_given_back_undecided()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var request = on.Buy(card);
        await using (await LockAsync(on, card))
        {
            var clock = Stopwatch.StartNew();
            await WireError.OfAsync(on.Validator.AuthoriseAsync(request), StatusCode.Unavailable, "ACCOUNT_LOCKED");
            Assert.True(clock.Elapsed < GivenBackBound, $"It took {clock.ElapsedMilliseconds} ms.");
            Assert.Equal(0, await on.RowsAsync());
        }

        Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(request)).Decision);
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_answers_what_it_has_begun()
    {
        const int TriesMax = 5;
        for (var tries = 1; !await AnswersWhatItHasBegunAsync(isLast: tries == TriesMax); tries++)
        {
            // A busy machine took so long to tell the server that it had to give the account up.
        }
    }

    /// <summary>False if the account was locked for longer than the server waits, and the server said so.</summary>
    private async Task<bool> AnswersWhatItHasBegunAsync(bool isLast)
    {
        const int Calls = 20;
        await using var node = new ServerNode(Ledger.ServiceConnectionString, Wire.Redis);
        var on = await NewOperatorAsync();
        await node.StartReadyAsync();
        var card = await on.AddCardAsync();
        var caller = new TestCaller(node.Channel, on.ValidatorToken);
        await caller.AuthoriseAsync(on.Buy(await on.AddCardAsync()));

        List<Task<AuthoriseResponse>> calls;
        var clock = Stopwatch.StartNew();
        await using (await LockAsync(on, card))
        {
            calls = [.. Enumerable.Range(0, Calls).Select(_ => caller.AuthoriseAsync(on.Buy(card)))];
            // A call that came behind them and is answered: they have been read as well.
            await caller.GetCreditAsync(card);
            node.Program.Signal(Signals.Term);
            await Testing.Eventually.TrueAsync(
                () => RefusesConnectionsAsync(node), Testing.Eventually.Bound, "the server takes no more connections");
        }

        if (clock.Elapsed > Core.Limits.SetAsideTime && !isLast)
        {
            foreach (var call in calls)
            {
                await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (call.IsFaulted && (await WireError.OfAsync(call)).Reason == "ACCOUNT_LOCKED")
                {
                    return false;
                }
            }
        }

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(Decision.Approved, answer.Decision));
        var (exitCode, _, errors) = await node.Program.EndedAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(Calls * 1_000, await on.SpentAsync(card));
        return true;
    }

    private async Task<NpgsqlConnection> LockAsync(WireOperator on, Core.Instrument card)
    {
        var session = await Ledger.OpenSessionAsync();
        await session.ExecuteAsync(
            "begin; select from credit_account where id = @id for update", new { id = on.AccountOf(card) });
        return session;
    }

    private static async Task<bool> RefusesConnectionsAsync(ServerNode node)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            var parts = node.Channel.Target.Split(':');
            await client.ConnectAsync(parts[0], int.Parse(parts[1], null));
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
