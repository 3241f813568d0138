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
        [property: JsonPropertyName("change")] string? Change = null);

    private sealed record Reply(
        [property: JsonPropertyName("ledger")] string? Ledger,
        [property: JsonPropertyName("decisions")] long Decisions,
        [property: JsonPropertyName("problems")] IReadOnlyList<string> Problems,
        [property: JsonPropertyName("admin")] string? Admin,
        [property: JsonPropertyName("code_key")] string? CodeKey,
        [property: JsonPropertyName("month")] string? Month,
        [property: JsonPropertyName("cards")] StageFacts? Cards,
        [property: JsonPropertyName("ahead_us")] long AheadMicroseconds,
        [property: JsonPropertyName("midnight_us")] long MidnightMicroseconds,
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

    /// <summary>
    /// Makes a ledger that nothing has been bought on, with or without the trigger that notes changes of cards; returns
    /// its connection string.
    /// </summary>
    public async Task<string> OpenLedgerAsync(bool notesCards) =>
        (await AskAsync(new Order(notesCards ? "open" : "open-untriggered"))).Ledger!;

    /// <summary>Makes a ledger in which every account has bought ten times in a month that is about to end.</summary>
    public async Task<MonthEndFacts> OpenMonthEndAsync(int accounts)
    {
        var reply = await AskAsync(new Order("open-month-end", Accounts: accounts));
        return new MonthEndFacts(reply.Ledger!, reply.Admin!, reply.CodeKey!, reply.Month!, reply.Cards!);
    }

    /// <summary>Sets the clock of such a ledger so that its month ends after a while.</summary>
    public async Task<MonthEndClock> SetClockAsync(TimeSpan left)
    {
        var reply = await AskAsync(new Order("clock", Seconds: left.TotalSeconds));
        return new MonthEndClock(
            reply.AheadMicroseconds, DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(reply.MidnightMicroseconds));
    }

    /// <summary>The state of such a ledger's month end.</summary>
    public async Task<MonthEndRunFacts> MonthEndAsync() => (await AskAsync(new Order("turn"))).MonthEndRun!;

    /// <summary>
    /// Gathers all accounts of the open ledger in one organisation (<c>gather</c>), or changes that one: <c>rename</c>,
    /// <c>suspend</c>, <c>reinstate</c>; or takes the cards for numbered that are to be for that (<c>forget</c>).
    /// </summary>
    public Task ChangeAsync(string change) => AskAsync(new Order("change", Change: change));

    /// <summary>Removes the ledger.</summary>
    public Task CloseLedgerAsync() => AskAsync(new Order("close"));

    /// <summary>What does not add up in the ledger; empty when all does.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(string answers) =>
        (await AskAsync(new Order("check", answers))).Problems;

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
