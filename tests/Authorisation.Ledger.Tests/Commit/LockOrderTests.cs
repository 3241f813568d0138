using Authorisation.Ledger.Rows;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Npgsql;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

/// <summary>
/// Everybody takes locks in one order, so that batches never wait in a circle. A circle would end by the lock timeout,
/// so that load shows it as lost time only; these tests look at the order itself.
/// </summary>
public sealed class LockOrderTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accounts_are_locked_in_the_order_of_their_ids_however_a_batch_names_them(bool reversed)
    {
        var cards = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Operator.AddCardAsync()));
        var inOrder = await Ledger.AskAsync<Guid[]>(
            "select array_agg(id order by id) from unnest(@ids) id", new { ids = cards.Select(Operator.AccountOf).ToArray() });
        var named = cards.OrderBy(card => Array.IndexOf(inOrder, Operator.AccountOf(card))).ToList();
        await using var psql = await LockAsync(named[0]);
        // A lane's session, but with all the time that this test needs.
        await using var database = Ledger.Connect();
        await using var lane = database.NewLaneConnection();
        await lane.OpenAsync();
        await lane.ExecuteAsync("set lock_timeout = 0; set statement_timeout = 0");
        await using var command = new NpgsqlCommand(EmbeddedSql.Read("Commit.UnderLock.Sql.lock.sql"), lane);
        var instruments = new AccountParameters();
        instruments.Set((reversed ? named.AsEnumerable().Reverse() : named).Select(card => new AccountKey(card)));
        instruments.AddTo(command.Parameters);

        var locking = command.ExecuteNonQueryAsync();
        await Eventually.TrueAsync(
            () => Ledger.AskAsync<bool>("select cardinality(pg_blocking_pids(@ProcessID)) > 0", new { lane.ProcessID }),
            Eventually.Bound, "the batch waits for the first account");

        await using var other = await Ledger.OpenSessionAsync();
        await other.ExecuteAsync(
            "select from credit_account where id = any (@rest) for no key update nowait", new { rest = inOrder[1..] });
        await psql.CloseAsync();
        await locking.WaitAsync(Eventually.Bound);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ids_are_inserted_in_their_order_however_a_batch_names_them(bool reversed)
    {
        var ledger = Keep(await Shared.CreateOwnAsync());
        var oper = await TestOperator.CreateAsync(ledger);
        var purchases = Enumerable.Range(0, 50).Select(_ => oper.Buy(oper.UnknownCard())).OrderBy(purchase => purchase.Id).ToList();

        await NewLane(ledger).CommitAsync(oper.Terms, reversed ? purchases.AsEnumerable().Reverse() : purchases);

        // Nothing else is in this table, so rows lie in the order in which they were inserted.
        Assert.Equal(
            purchases.Select(purchase => purchase.Id),
            await ledger.AskAsync<Guid[]>("select array_agg(id order by ctid) from authorisation"));
    }
}
