using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Stage;
using Dapper;
using Npgsql;
using Xunit;

namespace Authorisation.LoadTests.Tests;

/// <summary>The ledgers that scenarios are measured on, made for real.</summary>
[Trait("Tier", "Slow")]
public sealed class StageLedgerTests() : StageTest(Accounts)
{
    private const int Accounts = 60;
    private const int Approved = 1;

    [Fact]
    public async Task A_ledger_of_double_entry_writes_both_sides_honours_the_limit_and_is_told_from_one_that_does_not_add_up()
    {
        var opened = await Stage.OpenDoubleEntryAsync();
        await using var peer = new NpgsqlConnection(opened.Ledger + ";Pooling=false");
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Assert.Equal((true, 1_000_000_000_000, 500), await BuyAsync(first, "100000000000", 500));
        Assert.Equal((true, 1_000_000_000_000, 800), await BuyAsync(second, "100000000000", 300));
        Assert.Equal((false, 0, 0), await BuyAsync(Guid.CreateVersion7(), "300000000000", 1));
        Assert.Null((await BuyAsync(Guid.CreateVersion7(), "400000000000", 1)).Approved);
        var entries = await peer.QueryAsync<(long, long, long)>(
            "select amount_minor, balance_before_minor, balance_after_minor from double_entry.entry order by id");
        Assert.Equal([(-500, 0, -500), (500, 0, 500), (-300, -500, -800), (300, 500, 800)], entries);
        Assert.Equal([], await CheckAsync(first, second));

        Assert.StartsWith("1 decisions that were answered", Assert.Single(await CheckAsync(Guid.CreateVersion7())), StringComparison.Ordinal);
        await using var owner = new NpgsqlConnection(Stage.Ledger + ";Pooling=false");
        await owner.ExecuteAsync("update double_entry.account set balance_minor = balance_minor - 1 where card_number = '100000000000'");
        Assert.StartsWith("1 accounts have another balance", Assert.Single(await CheckAsync()), StringComparison.Ordinal);

        Task<(bool? Approved, long Limit, long Spent)> BuyAsync(Guid id, string card, long amount) =>
            peer.QuerySingleAsync<(bool?, long, long)>(
                "select approved, limit_minor, spent_minor from double_entry.purchase(@id, @card, @amount)", new { id, card, amount });
    }

    [Fact]
    public async Task A_ledger_that_has_grown_holds_so_many_authorisations_of_a_year_and_adds_up()
    {
        const long rows = 5000;
        var opened = await Stage.OpenGrowthAsync(rows);
        await using var ledger = new NpgsqlConnection(Stage.Ledger + ";Pooling=false");
        var (count, accounts, months) = await ledger.QuerySingleAsync<(long, long, long)>(
            """
            select count(*), count(distinct account_id), count(distinct credit_month)
            from authorisation where card_number < '200000000000'
            """);
        Assert.Equal(rows, count);
        Assert.Equal(Accounts, accounts);
        Assert.InRange(months, 12, 13);
        Assert.Equal([], await CheckAsync());
        Assert.Equal(0, new FileInfo(opened.Ids!).Length % 16);
        var id = new Guid((await File.ReadAllBytesAsync(opened.Ids!)).AsSpan(0, 16), bigEndian: true);
        Assert.True(await ledger.ExecuteScalarAsync<bool>("select exists (select from authorisation where id = @id)", new { id }));
        var indexes = await ledger.QueryAsync<string>("select indexname from pg_indexes where tablename = 'authorisation'");
        Assert.Equal(indexes.Append("authorisation").Order(StringComparer.Ordinal), opened.Sizes!.Keys.Order(StringComparer.Ordinal));
        Assert.All(opened.Sizes!.Values, bytes => Assert.True(bytes > 0));
        // As it was before it was filled without them.
        var template = await Stage.OpenLedgerAsync();
        await using var fresh = new NpgsqlConnection(template.Ledger + ";Pooling=false");
        Assert.Equal(
            (await fresh.QueryAsync<string>("select indexname from pg_indexes where tablename = 'authorisation'")).Order(StringComparer.Ordinal),
            indexes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_standby_that_is_promoted_has_what_was_committed_before_its_primary_was_killed()
    {
        await Stage.OpenFailoverAsync(Accounts);
        const string balance = "select spent_minor from credit_account where card_number = '100000000000'";
        await using (var primary = new NpgsqlConnection(Stage.Ledger + ";Pooling=false"))
        {
            Assert.Equal("*", await primary.ExecuteScalarAsync<string>("show synchronous_standby_names"));
            await primary.ExecuteAsync("update credit_account set spent_minor = 77 where card_number = '100000000000'");
        }

        await Stage.KillPrimaryAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await using var killed = new NpgsqlConnection(Stage.Ledger + ";Pooling=false");
            await killed.OpenAsync();
        });
        await Stage.PromoteAsync();
        await using var promoted = new NpgsqlConnection(Stage.Ledger + ";Pooling=false");
        Assert.Equal(77, await promoted.ExecuteScalarAsync<long>(balance));
        await promoted.ExecuteAsync("update credit_account set spent_minor = 0 where card_number = '100000000000'");
        Assert.Equal([], await CheckAsync());

        var lost = await Stage.CheckAsync(await AnswersAsync(Guid.CreateVersion7()));
        Assert.Equal(1, lost.Lost);
    }

    private async Task<IReadOnlyList<string>> CheckAsync(params Guid[] approved) =>
        (await Stage.CheckAsync(await AnswersAsync(approved))).Problems;

    private async Task<string> AnswersAsync(params Guid[] approved)
    {
        var answers = new AnswerLog();
        foreach (var id in approved)
        {
            answers.Add(id, Approved);
        }

        var path = Path.Combine(Work, "answers");
        await using var file = File.Create(path);
        answers.MoveTo(file);
        return path;
    }
}
