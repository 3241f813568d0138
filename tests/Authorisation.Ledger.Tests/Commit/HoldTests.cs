using Authorisation.Core;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

public sealed class HoldTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task Holds_count_as_spent_and_the_account_knows_when_the_first_of_them_lapses()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync(50_000);
        var first = await node.AuthoriseAsync(Operator.Buy(app, 20_000) with { Hold = true }, Operator.Terms);
        await node.AuthoriseAsync(Operator.Buy(app, 10_000) with { Hold = true }, Operator.Terms);
        var taken = await node.AuthoriseAsync(Operator.Buy(app, 15_000), Operator.Terms);
        var tooMuch = await node.AuthoriseAsync(Operator.Buy(app, 5_001) with { Hold = true }, Operator.Terms);

        Assert.Equal(new Credit(50_000, 45_000, 30_000, first.Entry!.CreditMonth), taken.Credit);
        Assert.Equal(DeclineReason.InsufficientCredit, tooMuch.Entry!.DeclineReason);
        Assert.Null(tooMuch.Entry.ExpiresAt);
        var reading = await node.Reader.FindCreditAsync(app, Operator.Terms.TimeZone, CancellationToken.None);
        Assert.Equal(new Balance(first.Entry.CreditMonth, 45_000, 30_000, first.Entry.ExpiresAt), reading!.Account.Balance);
        Assert.Equal(first.Entry.DecidedAt + Operator.Terms.HoldTime, first.Entry.ExpiresAt);
    }

    [Fact]
    public async Task A_purchase_taken_at_once_holds_nothing()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync(50_000);

        var answer = await node.AuthoriseAsync(Operator.Buy(app, 20_000), Operator.Terms);

        Assert.Null(answer.Entry!.ExpiresAt);
        Assert.Equal(new Balance(answer.Entry.CreditMonth, 20_000, 0, null), answer.Snapshot!.Account.Balance);
    }
}
