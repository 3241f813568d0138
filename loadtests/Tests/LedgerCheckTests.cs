using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Stage;
using Dapper;
using Npgsql;
using Xunit;

namespace Authorisation.LoadTests.Tests;

/// <summary>A run is no result when its ledger does not add up; here it is made not to.</summary>
[Trait("Tier", "Slow")]
public sealed class LedgerCheckTests() : StageTest(accounts: 50)
{
    private const int Approved = 1;
    private const int Declined = 2;
    private readonly AnswerLog _answers = new();

    /// <inheritdoc/>
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Stage.OpenLedgerAsync();
    }

    [Fact]
    public async Task A_ledger_is_told_from_one_that_does_not_add_up()
    {
        _answers.Add(await QueryAsync<Guid>("select id from authorisation limit 1"), Approved);
        Assert.Equal([], await CheckAsync());

        _answers.Add(await QueryAsync<Guid>("select id from authorisation limit 1"), Declined);
        _answers.Add(Guid.CreateVersion7(), Approved);
        Assert.StartsWith("2 decisions that were answered", Assert.Single(await CheckAsync()), StringComparison.Ordinal);

        await QueryAsync<int>(
            "update credit_account set spent_minor = spent_minor - 1 where card_number = '300000000000' returning 1");
        await QueryAsync<int>(
            "update credit_account set spent_minor = 7 where card_number = '200000000000' returning 1");
        Assert.StartsWith("2 accounts have spent another sum", Assert.Single(await CheckAsync()), StringComparison.Ordinal);

        await QueryAsync<int>(
            """
            with taken as (
              update credit_account set spent_minor = 10001 where card_number = '300000000000' returning *
            ), extra as (
              update authorisation set amount_minor = 10001 from taken where account_id = taken.id returning 1
            ), hot as (
              update credit_account set spent_minor = 0 where card_number = '200000000000' returning 1
            )
            select 1 from extra, hot
            """);
        Assert.StartsWith("1 accounts have spent more", Assert.Single(await CheckAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_in_the_sameWork_is_refused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => StageServers.StartAsync(Path.Combine(Work, "stage"), accounts: 50, fillsWal: false));

    // Checks what was answered since the check before.
    private async Task<IReadOnlyList<string>> CheckAsync()
    {
        var path = Path.Combine(Work, "answers");
        await using (var file = File.Create(path))
        {
            _answers.MoveTo(file);
        }

        return (await Stage.CheckAsync(path)).Problems;
    }

    private async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Stage.Ledger + ";Pooling=false");
        return (await connection.QueryAsync<T>(sql)).First();
    }
}
