using Authorisation.Admin.Tests.Support;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Charges are only ever added, to a month that is open, and are sealed with it.</summary>
public sealed class ChargeTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    private static readonly CreditMonth December = CreditMonth.FromNumber(2026_12);

    [Fact]
    public async Task A_month_that_has_nothing_but_a_charge_is_closed_and_what_a_superuser_changes_in_it_is_found()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var charge = await ChargeAsync(scene);
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();

        var run = await scene.MonthEndOfAsync(2026_12);
        Assert.Equal((MonthEndState.Done, 1L, 1), (run.State, run.SealedRows, run.Invoices));
        var verified = await scene.VerifyAsync(2026_12);
        Assert.Equal((1L, null), (verified.Rows, verified.FirstDifference));
        Assert.Equal(run.Hash, verified.Hash);

        await using var superuser = await scene.Ledger.OpenSessionAsync(scene.Ledger.SuperuserConnectionString);
        await superuser.ExecuteAsync(
            "set session_replication_role = replica; update billing.charge set amount_minor = amount_minor + 1 where id = @charge", new { charge });
        Assert.Equal(new RowDifference("changed", "charge", charge, null), (await scene.VerifyAsync(2026_12)).FirstDifference);
        await superuser.ExecuteAsync("delete from billing.charge where id = @charge", new { charge });
        Assert.Equal(new RowDifference("removed", null, charge, null), (await scene.VerifyAsync(2026_12)).FirstDifference);
    }

    [Fact]
    public async Task A_charge_of_a_closed_month_or_to_anothers_customer_is_refused_and_one_thing_is_charged_once()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var account = scene.Operator.AccountOf(await scene.Operator.AddAppAsync());
        var other = await TestOperator.CreateAsync(scene.Ledger);
        await Charges.AddAsync(scene.Ledger, account, 100, December, sourceId: "once");

        Assert.Equal(PostgresErrorCodes.UniqueViolation, await RefusalAsync(
            () => Charges.AddAsync(scene.Ledger, account, 100, December, sourceId: "once")));
        Assert.Equal(PostgresErrorCodes.RestrictViolation, await RefusalAsync(() => scene.Ledger.ExecuteAsync(
            """
            create temporary table copy as select * from billing.charge;
            update copy set id = gen_random_uuid(), operator_id = @Id;
            insert into billing.charge select * from copy
            """,
            new { other.Terms.Id })));
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await scene.RunAsync();
        Assert.Equal(
            PostgresErrorCodes.RestrictViolation, await RefusalAsync(() => Charges.AddAsync(scene.Ledger, account, 100, December)));
        await Charges.AddAsync(scene.Ledger, account, 100, December.Next, countsIn: December);
    }

    [Fact]
    public async Task Closing_waits_for_a_charge_that_is_not_committed()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await ChargeAsync(scene);
        await scene.Ledger.StopClockAsync(MonthEndScene.NewYear);
        await using var db = await scene.Ledger.Owner.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync(
            """
            create temporary table copy on commit drop as select * from billing.charge;
            update copy set id = gen_random_uuid(), source_id = 'another';
            insert into billing.charge select * from copy
            """);

        var closing = scene.RunAsync();
        await Eventually.TrueAsync(
            async () => await scene.Ledger.AskAsync<bool>(
                "select exists (select from pg_locks where locktype = 'advisory' and not granted and classid = @Id and objid = 202612)",
                new { scene.Operator.Terms.Id }),
            Eventually.Bound,
            "closing waits for the month");
        await transaction.CommitAsync();
        await closing;

        Assert.Equal(2, (await scene.MonthEndOfAsync(2026_12)).SealedRows);
        Assert.Null((await scene.VerifyAsync(2026_12)).FirstDifference);
    }

    [Theory]
    [InlineData("update billing.charge set amount_minor = 1")]
    [InlineData("delete from billing.charge")]
    [InlineData("truncate billing.charge cascade")]
    public async Task A_charge_is_changed_by_nobody(string sql)
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var charge = await ChargeAsync(scene);

        var owner = await Assert.ThrowsAsync<PostgresException>(() => scene.Ledger.ExecuteAsync(sql));
        Assert.Contains("never changed", owner.MessageText, StringComparison.Ordinal);
        await using var admin = await scene.Ledger.OpenSessionAsync(scene.Ledger.AdminConnectionString);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(() => admin.ExecuteAsync(sql)));
        await using var service = await scene.Ledger.OpenSessionAsync(scene.Ledger.ServiceConnectionString);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(() => service.ExecuteAsync(sql)));
        Assert.Equal(charge, await scene.Ledger.AskAsync<Guid>("select id from billing.charge where amount_minor = 60000"));
    }

    [Fact]
    public async Task The_control_planes_role_adds_charges_and_the_servers_does_not_even_see_them()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        var charge = await ChargeAsync(scene);
        const string Again = """
            insert into billing.charge (
              id, operator_id, billing_snapshot_id, source_kind, source_id, amount_minor, vat_basis_points, vat_category,
              credit_month, invoice_month, description)
            select gen_random_uuid(), operator_id, billing_snapshot_id, 'ticket', 'again', 100, 0, 'Z', 202612, 202612, 'Biljett'
            from billing.charge where id = @charge
            """;

        await using var admin = await scene.Ledger.OpenSessionAsync(scene.Ledger.AdminConnectionString);
        Assert.Equal(1, await admin.ExecuteAsync(Again, new { charge }));
        await using var service = await scene.Ledger.OpenSessionAsync(scene.Ledger.ServiceConnectionString);
        Assert.Equal(
            PostgresErrorCodes.InsufficientPrivilege,
            await RefusalAsync(() => service.ExecuteAsync("select from billing.charge")));
    }

    [Fact]
    public async Task A_month_with_a_charge_in_it_is_not_opened_again()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared);
        await ChargeAsync(scene);

        Assert.True(await scene.Ledger.AskAsync<bool>(
            "select billing.is_month_used(@Id, 202612, 202701) and not billing.is_month_used(@Id, 202701, 202702)",
            new { scene.Operator.Terms.Id }));
    }

    private static async Task<Guid> ChargeAsync(MonthEndScene scene) =>
        await Charges.AddAsync(scene.Ledger, scene.Operator.AccountOf(await scene.Operator.AddAppAsync()), 60_000, December);

    private static async Task<string> RefusalAsync(Func<Task> attempt) =>
        (await Assert.ThrowsAsync<PostgresException>(attempt)).SqlState;
}
