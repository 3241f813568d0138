using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Lanes;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Commit.UnderLock;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

/// <summary>A server that stopped between its two round trips, and keeps the locks of the accounts it was deciding.</summary>
public sealed class IdleInTransactionTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task Its_session_is_ended_and_the_others_decide()
    {
        var card = await Operator.AddCardAsync();
        var node = await NewWarmNodeAsync();
        await using var database = Ledger.Connect();
        await using var stopped = new LaneConnection(database);
        var stoppedStatements = new UnderLockStatements(stopped);
        await stoppedStatements.BeginAsync(new Batch([new CommitItem(Operator.Buy(card), Operator.Terms)]), skipLocked: false);
        var began = Stopwatch.GetTimestamp();

        var answer = await node.AuthoriseAsync(Operator.Buy(card), Operator.Terms);

        Assert.Equal(CommitStatus.Decided, answer.Status);
        Assert.True(Stopwatch.GetElapsedTime(began) < Limits.IdleInTransactionTimeout + Limits.SetAsideTime);
    }

    [Fact]
    public async Task When_it_goes_on_it_finds_its_transaction_gone_and_begins_another()
    {
        var card = await Operator.AddCardAsync(1_000);
        var purchase = Operator.Buy(card, 1_000);
        var node = await NewWarmNodeAsync();
        await using var database = Ledger.Connect();
        await using var connection = new LaneConnection(database);
        var connectionStatements = new UnderLockStatements(connection);
        var batch = new Batch([new CommitItem(purchase, Operator.Terms)]);
        await connectionStatements.BeginAsync(batch, skipLocked: false);
        var late = Decide.Authorise(purchase, seen: null, batch.Accounts[0].Row, Operator.Terms, batch.Now);
        var other = await node.AuthoriseAsync(Operator.Buy(card, 1_000), Operator.Terms);

        await Assert.ThrowsAnyAsync<Exception>(() => connectionStatements.WriteAsync([late.Entry!], [], batch.Accounts));

        Assert.Equal(Decision.Approved, other.Entry!.Decision);
        Assert.Equal(1_000, await Ledger.AskAsync<long>(
            "select sum(amount_minor)::bigint from authorisation where card_number = @CardNumber", new { card.CardNumber }));
    }

    /// <summary>A server that has connected and decided.</summary>
    private async Task<LedgerNode> NewWarmNodeAsync()
    {
        var node = NewNode();
        await node.AuthoriseAsync(Operator.Buy(Operator.UnknownCard()), Operator.Terms);
        return node;
    }
}
