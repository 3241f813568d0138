using System.Globalization;

namespace Authorisation.LoadTests.Processes;

/// <summary>The control plane in a separate process, beside the server that is measured.</summary>
internal sealed class AdminProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(50);

    private readonly ChildProcess _process;

    private AdminProcess(ChildProcess process) => _process = process;

    /// <summary>Its id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>The end of what it wrote.</summary>
    public string LogTail => _process.LogTail;

    /// <summary>Starts it beside a ledger in which a month ends, and waits until it answers.</summary>
    /// <param name="log">Where it logs.</param>
    /// <param name="hosts">The program that runs hosts.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="aheadMicroseconds">How far its clock is ahead of the real one.</param>
    /// <param name="sharePercent">How hard it works for the end of a month; 0 for as hard as unless set.</param>
    public static async Task<AdminProcess> StartAsync(
        string log, string hosts, MonthEndFacts ledger, long aheadMicroseconds = 0, int sharePercent = 0)
    {
        var port = MeasuredServer.FreePort();
        var admin = new AdminProcess(await ChildProcess.StartAsync(
            log,
            [
                "dotnet", hosts, "admin", aheadMicroseconds.ToString(CultureInfo.InvariantCulture),
                "--Listen:Port", port.ToString(CultureInfo.InvariantCulture),
            ],
            Settings(ledger, sharePercent)));
        try
        {
            await admin.BecomeReadyAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/health")));
            return admin;
        }
        catch
        {
            await admin.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static Dictionary<string, string> Settings(MonthEndFacts ledger, int sharePercent)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Ledger__ConnectionString"] = ledger.Admin,
            ["Cache__ConnectionString"] = ledger.Facts.Redis,
            ["Activation__CodeKey"] = ledger.CodeKey,
        };
        if (sharePercent > 0)
        {
            settings["MonthEnd__SharePercent"] = sharePercent.ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }

    private async Task BecomeReadyAsync(Uri health)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var until = DateTime.UtcNow + ReadyTimeout;
        while (!await IsUpAsync(http, health))
        {
            if (!_process.IsRunning || DateTime.UtcNow > until)
            {
                throw new LoadFailedException($"The control plane did not start:\n{_process.LogTail}");
            }

            await Task.Delay(ReadyPoll);
        }
    }

    private static async Task<bool> IsUpAsync(HttpClient http, Uri health)
    {
        try
        {
            using var answer = await http.GetAsync(health);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
