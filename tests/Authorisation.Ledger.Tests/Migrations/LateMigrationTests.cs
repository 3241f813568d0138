using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Migrations;

public sealed class LateMigrationTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    private const int FailedEvent = 2003;

    [Fact]
    public async Task A_server_that_was_asked_before_its_schema_was_there_serves_when_it_is()
    {
        Log.Expect(FailedEvent);
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        var card = await oper.AddCardAsync();
        var node = NewNode(ledger);
        await ledger.ExecuteAsync("alter type purchase_row rename to later_purchase_row; alter type balance_row rename to later_balance_row");
        Assert.Equal(CommitStatus.Failed, (await node.AuthoriseAsync(oper.Buy(card), oper.Terms)).Status);

        await ledger.ExecuteAsync("alter type later_purchase_row rename to purchase_row; alter type later_balance_row rename to balance_row");

        Assert.Equal(CommitStatus.Decided, (await node.AuthoriseAsync(oper.Buy(card), oper.Terms)).Status);
    }
}
