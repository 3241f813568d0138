using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Authorisation.LoadTests.Processes;

/// <summary>The program that has the databases: asked in lines of JSON, it answers in lines of JSON.</summary>
internal sealed class StageProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private StageProcess(Process process) => _process = process;

    private sealed record Order(
        [property: JsonPropertyName("do")] string Do,
        [property: JsonPropertyName("answers")] string? Answers = null,
        [property: JsonPropertyName("accounts")] int Accounts = 0,
        [property: JsonPropertyName("seconds")] double Seconds = 0,
        [property: JsonPropertyName("change")] string? Change = null,
        [property: JsonPropertyName("rows")] long Rows = 0);

    private sealed record Reply(
        [property: JsonPropertyName("ledger")] string? Ledger,
        [property: JsonPropertyName("decisions")] long Decisions,
        [property: JsonPropertyName("lost")] long Lost,
        [property: JsonPropertyName("ids")] string? Ids,
        [property: JsonPropertyName("sizes")] IReadOnlyDictionary<string, long>? Sizes,
        [property: JsonPropertyName("problems")] IReadOnlyList<string> Problems,
        [property: JsonPropertyName("admin")] string? Admin,
        [property: JsonPropertyName("code_key")] string? CodeKey,
        [property: JsonPropertyName("month")] string? Month,
        [property: JsonPropertyName("cards")] StageFacts? Cards,
        [property: JsonPropertyName("ahead_us")] long AheadMicroseconds,
        [property: JsonPropertyName("midnight_us")] long MidnightMicroseconds,
        [property: JsonPropertyName("transactions")] long Transactions,
        [property: JsonPropertyName("turn")] MonthEndRunFacts? MonthEndRun);

    /// <summary>What was prepared.</summary>
    public StageFacts Facts { get; private set; } = null!;

    /// <summary>Starts it and waits until everything is prepared.</summary>
    public static async Task<StageProcess> StartAsync(string program, string directory, int accounts)
    {
        var start = new ProcessStartInfo("dotnet", [program, directory, $"{accounts}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var stage = new StageProcess(Process.Start(start)!);
        try
        {
            stage.Facts = await stage.ReadAsync<StageFacts>();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a ledger that nothing has been bought on; returns its connection string.</summary>
    public async Task<string> OpenLedgerAsync(LedgerKind kind = LedgerKind.Fresh) => (await AskAsync(new Order(kind switch
    {
        LedgerKind.Untriggered => "open-untriggered",
        LedgerKind.DoubleEntry => "open-double-entry",
        _ => "open",
    }))).Ledger!;

    /// <summary>Makes a ledger in which every account has bought ten times in a month that is about to end.</summary>
    public async Task<MonthEndFacts> OpenMonthEndAsync(int accounts)
    {
        var reply = await AskAsync(new Order("open-month-end", Accounts: accounts));
        return new MonthEndFacts(reply.Ledger!, reply.Admin!, reply.CodeKey!, reply.Month!, reply.Cards!);
    }

    /// <summary>Makes a ledger in which there are so many authorisations, over twelve months.</summary>
    public async Task<GrowthFacts> OpenGrowthAsync(long rows)
    {
        var reply = await AskAsync(new Order("open-growth", Rows: rows));
        return new GrowthFacts(reply.Ledger!, reply.Ids!, reply.Sizes!);
    }

    /// <summary>
    /// Starts a Postgres and a synchronous standby with a ledger; returns the connection string that names both, and the
    /// cards.
    /// </summary>
    public async Task<(string Ledger, StageFacts Facts)> OpenFailoverAsync(int accounts)
    {
        var reply = await AskAsync(new Order("open-failover", Accounts: accounts));
        return (reply.Ledger!, reply.Cards!);
    }

    /// <summary>Kills the primary of such a pair; returns when it is gone.</summary>
    public Task KillPrimaryAsync() => AskAsync(new Order("kill-primary"));

    /// <summary>Promotes the standby; returns when it takes writes.</summary>
    public Task PromoteAsync() => AskAsync(new Order("promote"));

    /// <summary>Sets the clock of such a ledger so that its month ends after a while.</summary>
    public async Task<MonthEndClock> SetClockAsync(TimeSpan left)
    {
        var reply = await AskAsync(new Order("clock", Seconds: left.TotalSeconds));
        return new MonthEndClock(
            reply.AheadMicroseconds, DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(reply.MidnightMicroseconds));
    }

    /// <summary>The state of such a ledger's month end.</summary>
    public async Task<MonthEndRunFacts> MonthEndAsync() => (await AskAsync(new Order("turn"))).MonthEndRun!;

    /// <summary>How many transactions the open ledger's database has ended.</summary>
    public async Task<long> CountTransactionsAsync() => (await AskAsync(new Order("transactions"))).Transactions;

    /// <summary>
    /// Gathers all accounts of the open ledger in one organisation (<c>gather</c>), or changes that one: <c>rename</c>,
    /// <c>suspend</c>, <c>reinstate</c>; or takes the cards for numbered that are to be for that (<c>forget</c>).
    /// </summary>
    public Task ChangeAsync(string change) => AskAsync(new Order("change", Change: change));

    /// <summary>Removes the ledger.</summary>
    public Task CloseLedgerAsync() => AskAsync(new Order("close"));

    /// <summary>
    /// What does not add up in the ledger, empty when all does; and how many decisions that were answered it has not.
    /// </summary>
    public async Task<(IReadOnlyList<string> Problems, long Lost)> CheckAsync(string answers)
    {
        var reply = await AskAsync(new Order("check", answers));
        return (reply.Problems, reply.Lost);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var bound = new CancellationTokenSource(StopTimeout);
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<Reply> AskAsync(Order order)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException e)
        {
            throw new LoadFailedException("The stage has ended.", e);
        }

        return await ReadAsync<Reply>();
    }

    private async Task<T> ReadAsync<T>() =>
        await _process.StandardOutput.ReadLineAsync() is { } line
            ? JsonSerializer.Deserialize<T>(line)!
            : throw new LoadFailedException("The stage has ended; what it says is above.");
}
