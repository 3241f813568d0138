using Authorisation.Admin.Tests.Support;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Testing.Ledger;
using Dapper;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>
/// Every row of an operator and month is in one seal of that operator, whatever account its caller typed; whoever changes,
/// removes or adds one is found out, and nobody else's month is touched by it.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class SealTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    private static readonly DateTimeOffset Before = MonthEndScene.NewYear.AddMinutes(-30);

    // The columns on which a row's digest does not depend: it stays what it is whatever they are.
    private const string NotSealedSql = """
        select a.attname
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = '{table}'::regclass and a.attnum > 0 and not a.attisdropped
          and not exists (
            select
            from {table} r
            cross join jsonb_array_elements(case t.typname
              when 'uuid' then '["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]'
              when 'bool' then '[true, false]'
              when 'timestamptz' then '["2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"]'
              when 'text' then '["a", "b"]'
              else '[7001, 7002]' end::jsonb) v
            where billing.digest(r) <> billing.digest(jsonb_populate_record(r, jsonb_build_object(a.attname, v))))
        order by a.attnum
        """;

    [Fact]
    public async Task What_a_caller_asks_of_anothers_account_is_the_callers_and_nothing_to_the_other()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        // Its month ends an hour before the caller's.
        var other = await TestOperator.CreateAsync(scene.Ledger, terms => terms with { TimeZone = "Europe/Helsinki" });
        var theirs = await other.AddAppAsync();
        await scene.Node.AuthoriseAsync(other.Buy(theirs), other.Terms);
        await scene.BuyAsync(await scene.Operator.AddAppAsync());
        var early = await AskAsync(scene, theirs);
        await scene.Ledger.StopClockAsync(Before);
        await scene.RunAsync(other);
        Assert.Equal((await MonthEndAsync(scene, other)).Hash, (await VerifyAsync(scene, other)).Hash);

        var late = await AskAsync(scene, theirs);
        await scene.OperateAsync(OperationKind.Void, late);

        var untouched = await VerifyAsync(scene, other);
        Assert.Equal((await MonthEndAsync(scene, other)).Hash, untouched.Hash);
        Assert.Equal((1, null), (untouched.Rows, untouched.FirstDifference));
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();
        await scene.AssertStatementsAddUpAsync(2026_12);
        Assert.Equal(
            new[] { early, late }.Order(),
            (await RowsAsync<Guid>(scene, $"select id from billing.unassigned_seal where operator_id = {scene.Operator.Terms.Id} and source = 1")).Order());
    }

    [Fact]
    public async Task What_another_asked_of_an_account_does_not_say_which_month_is_closed_first()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var app = await scene.Operator.AddAppAsync();
        var other = await TestOperator.CreateAsync(scene.Ledger);
        await scene.Ledger.StopClockAsync(MonthEndScene.December.AddMonths(-1));
        await scene.Node.AuthoriseAsync(other.Buy(Instrument.App(other.Terms.Id, scene.Operator.AccountOf(app))), other.Terms);
        await scene.Ledger.StopClockAsync(MonthEndScene.December);
        await scene.BuyAsync(app);

        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        Assert.Equal(2026_12, (await Closing.FirstOpenAsync(db, scene.Operator.Terms.Id, CancellationToken.None))?.Number);
        Assert.Equal(2026_11, (await Closing.FirstOpenAsync(db, other.Terms.Id, CancellationToken.None))?.Number);
    }

    [Fact]
    public async Task Each_kind_of_row_that_is_changed_or_removed_is_named_and_no_others_month_is_touched()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var other = await TestOperator.CreateAsync(scene.Ledger);
        var rows = await EveryKindAsync(scene, other);
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();
        await scene.RunAsync(other);
        await scene.AssertStatementsAddUpAsync(2026_12);
        Assert.Equal(rows.Count, (await scene.MonthEndOfAsync(2026_12)).SealedRows);

        foreach (var (id, (kind, table)) in rows)
        {
            var (at, alsoUnique) = table switch
            {
                "operation" => ("made_at", ", ordinal = 900"),
                "billing.charge" => ("charged_at", ", source_id = 'copy'"),
                _ => ("decided_at", ""),
            };
            var change = $"{at} = {at} + interval '1 second'";
            Assert.Equal((kind, "changed", id), await TamperAsync(scene, other, kind, $"update {table} set {change} where id = '{id}'"));
            Assert.Equal((kind, "removed", id), await TamperAsync(scene, other, kind, $"delete from {table} where id = '{id}'"));
            var copy = Guid.NewGuid();
            Assert.Equal((kind, "added", copy), await TamperAsync(scene, other, kind, $"""
                create temporary table copy on commit drop as select * from {table} where id = '{id}';
                update copy set id = '{copy}'{alsoUnique};
                insert into {table} select * from copy
                """));
        }
    }

    [Fact]
    public async Task A_row_is_sealed_with_all_of_its_columns()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await scene.BusyDecemberAsync();

        await Charges.AddAsync(scene.Ledger, scene.Operator.AccountOf(await scene.Operator.AddAppAsync()), 100, CreditMonth.FromNumber(2027_01));

        foreach (var table in (string[])["authorisation", "operation", "billing.charge"])
        {
            Assert.Empty(await RowsAsync<string>(scene, NotSealedSql.Replace("{table}", table, StringComparison.Ordinal)));
        }

        // And a column that were added and not sealed would be seen.
        await scene.Ledger.ExecuteAsync("alter table operation add column note text");
        Assert.Equal(["note"], await RowsAsync<string>(scene, NotSealedSql.Replace("{table}", "operation", StringComparison.Ordinal)));
    }

    /// <summary>A December with a row of every kind there is of an operator; and the same at another, whose app was asked for.</summary>
    /// <returns>What each row is, by its id, and the table that it is in.</returns>
    private static async Task<Dictionary<Guid, (string Kind, string Table)>> EveryKindAsync(MonthEndScene scene, TestOperator other)
    {
        var (card, app) = (await scene.Operator.AddCardAsync(), await scene.Operator.AddAppAsync());
        var theirs = await other.AddAppAsync();
        await scene.Node.AuthoriseAsync(other.Buy(theirs), other.Terms);
        await scene.Node.AuthoriseAsync(other.Buy(Instrument.App(other.Terms.Id, scene.Operator.AccountOf(app))), other.Terms);
        var rows = new Dictionary<Guid, (string, string)>();
        var appActor = new Actor(Originator.App(scene.Operator.AccountOf(app)), Kind: null);
        Instrument[] asked =
        [
            card, app, Instrument.App(scene.Operator.Terms.Id, other.AccountOf(theirs)),
            Instrument.App(scene.Operator.Terms.Id, Guid.NewGuid()), scene.Operator.UnknownCard(),
            // An app that is asked for by the id of a card's account.
            Instrument.App(scene.Operator.Terms.Id, scene.Operator.AccountOf(card)),
        ];
        string[] names = ["own card", "own app", "another's app", "unknown app", "unknown card", "card asked for as app"];
        foreach (var (instrument, name) in asked.Zip(names))
        {
            var bought = (await scene.BuyAsync(instrument)).Entry!;
            Assert.Equal(name.StartsWith("own", StringComparison.Ordinal) ? Decision.Approved : Decision.Declined, bought.Decision);
            rows.Add(bought.Purchase.Id, (name, "authorisation"));
            await OperateAsync(scene.Operator.Ask(OperationKind.Void, bought.Purchase.Id), "void of " + name);
        }

        rows.Add((await scene.BuyAsync(card, 900_000)).Entry!.Purchase.Id, ("own decline", "authorisation"));
        foreach (var (by, name) in new[] { (scene.Operator.ValidatorActor, "a client's mark"), (appActor, "an app's mark") })
        {
            var mark = Guid.NewGuid();
            await OperateAsync(scene.Operator.Ask(OperationKind.Void, mark) with { By = by }, "void of " + name);
            rows.Add(mark, (name, "authorisation"));
        }

        foreach (var (instrument, name) in new[] { (card, "sale out of reach"), (scene.Operator.UnknownCard(), "nobody's sale out of reach") })
        {
            var sold = scene.Operator.Advise(scene.Operator.Buy(instrument), MonthEndScene.December.AddHours(-1));
            await scene.Node.AdviseAsync(sold, scene.Operator.Terms);
            rows.Add(sold.Purchase.Id, (name, "authorisation"));
            rows.Add(sold.OperationId, ("advice of " + name, "operation"));
        }

        rows.Add(
            await Charges.AddAsync(scene.Ledger, scene.Operator.AccountOf(app), 60_000, CreditMonth.FromNumber(2026_12)),
            ("charge", "billing.charge"));
        await Charges.AddAsync(scene.Ledger, other.AccountOf(theirs), 60_000, CreditMonth.FromNumber(2026_12));
        return rows;

        async Task OperateAsync(Operation operation, string name)
        {
            Assert.Equal(CommitStatus.Decided, (await scene.Node.OperateAsync(operation, scene.Operator.Terms)).Status);
            rows.Add(operation.Id, (name, "operation"));
        }
    }

    /// <summary>What the verification of December names after something was done to it, which is then undone.</summary>
    private static async Task<(string Kind, string? What, Guid? Id)> TamperAsync(
        MonthEndScene scene, TestOperator other, string kind, string sql)
    {
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync("alter table billing.charge disable trigger user");
        await db.ExecuteAsync(sql);
        var found = await Verification.CheckAsync(db, await scene.MonthEndOfAsync(2026_12), CancellationToken.None);
        var others = await Verification.CheckAsync(db, await MonthEndAsync(scene, other), CancellationToken.None);
        Assert.Null(others.FirstDifference);
        Assert.Equal((await MonthEndAsync(scene, other)).Hash, others.Hash);
        Assert.NotEqual((await scene.MonthEndOfAsync(2026_12)).Hash, found.Hash);
        return (kind, found.FirstDifference?.What, found.FirstDifference?.Id);
    }

    private static async Task<Guid> AskAsync(MonthEndScene scene, Instrument theirs)
    {
        var entry = (await scene.BuyAsync(Instrument.App(scene.Operator.Terms.Id, theirs.AccountId))).Entry!;
        Assert.Equal(
            (Decision.Declined, DeclineReason.UnknownInstrument, 2026_12),
            (entry.Decision, entry.DeclineReason, entry.InvoiceMonth.Number));
        return entry.Purchase.Id;
    }

    private static async Task<MonthEndRun> MonthEndAsync(MonthEndScene scene, TestOperator of)
    {
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        return (await MonthEndRun.ClosingAsync(db, of.Terms.Id, CreditMonth.FromNumber(2026_12)))!;
    }

    private static async Task<VerificationResult> VerifyAsync(MonthEndScene scene, TestOperator of)
    {
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        return await Verification.CheckAsync(db, await MonthEndAsync(scene, of), CancellationToken.None);
    }

    private static async Task<List<T>> RowsAsync<T>(MonthEndScene scene, string sql)
    {
        await using NpgsqlConnection db = await scene.Ledger.Owner.OpenConnectionAsync();
        return [.. await db.QueryAsync<T>(sql)];
    }
}
