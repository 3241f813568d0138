using System.Globalization;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Server.Tests.Ledgers;

/// <summary>Ledgers that cannot be told apart, or cannot be used, end the start: exit code 1 and one line that says what to do.</summary>
[Trait("Tier", "Slow")]
public sealed class LedgerStartTests(SharedWire wire) : WireTest(wire)
{
    private const string Named = "Ledger:Others:north:ConnectionString";

    [Fact]
    public async Task Two_ledgers_with_the_same_operator_id_are_refused_by_the_codes_of_both()
    {
        await using var first = await Wire.Ledgers.CreateOwnAsync();
        await using var second = await Wire.Ledgers.CreateOwnAsync();
        var (one, other) = (await TestOperator.CreateAsync(first), await TestOperator.CreateAsync(second));
        Assert.Equal(one.Terms.Id, other.Terms.Id);

        var errors = await RefusedAsync(first, second);
        Assert.Contains($"an operator {one.Terms.Id.ToString(CultureInfo.InvariantCulture)} ({one.Terms.Code})", errors, StringComparison.Ordinal);
        Assert.Contains($"({other.Terms.Code})", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_ledgers_that_may_give_the_same_id_are_refused_with_how_to_give_each_a_range()
    {
        await using var first = await Wire.Ledgers.CreateOwnAsync();
        await using var second = await Wire.Ledgers.CreateOwnAsync();
        await TwoLedgers.GiveRangeAsync(second, 2_000);

        var errors = await RefusedAsync(first, second);
        Assert.Contains("from 2000 to 2999", errors, StringComparison.Ordinal);
        Assert.Contains("ALTER COLUMN id SET MINVALUE", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_ledger_under_two_names_is_refused()
    {
        await using var ledger = await Wire.Ledgers.CreateOwnAsync();
        await RefusedAsync(ledger, ledger);
    }

    [Fact]
    public async Task A_ledger_of_another_schema_is_refused_by_its_setting()
    {
        await using var first = await Wire.Ledgers.CreateOwnAsync();
        await using var second = await Wire.Ledgers.CreateOwnEmptyAsync();
        Assert.Contains("migrate", await RefusedAsync(first, second), StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync(TestLedger first, TestLedger second)
    {
        var (exitCode, _, errors) = await ServerProgram.RunAsync(
            ["serve", .. InProcessServer.SettingsFor(first.ServiceConnectionString, Wire.Redis, port: 0), TwoLedgers.SettingFor(second)]);
        Assert.Equal(1, exitCode);
        Assert.StartsWith(Named, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
        return errors;
    }
}
