using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.LoadTests.Results;

namespace Authorisation.LoadTests.Session;

/// <summary>Measures a scenario by itself, on ledgers of its own.</summary>
internal abstract class ApartSession(PhaseKind kind, LoadOptions options, StageProcess stage, ProgressLine progress)
{
    /// <summary>Why it is no result; empty when it is one.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>How many decisions that were answered the ledgers had not.</summary>
    protected long Lost { get; private set; }

    /// <summary>What is to be measured, and for how long.</summary>
    protected LoadOptions Options => options;

    /// <summary>The databases.</summary>
    protected StageProcess Stage => stage;

    /// <summary>Its name.</summary>
    private string Name => new Phase(kind).Name;

    /// <summary>Measures it; null when something was wrong.</summary>
    public async Task<IScenarioResult?> RunAsync(CancellationToken cancel)
    {
        var result = await MeasureAsync(cancel);
        return Problems.Count == 0 ? result : null;
    }

    /// <summary>Measures it.</summary>
    protected abstract Task<IScenarioResult?> MeasureAsync(CancellationToken cancel);

    /// <summary>
    /// Does something with a ledger that is open, which writes what was answered to a stream; then looks whether the
    /// ledger adds up and has it all, and removes the ledger.
    /// </summary>
    protected async Task<T> OnLedgerAsync<T>(Func<Stream, Task<T>> measureAsync)
    {
        var path = Path.Combine(options.Directory, "answers");
        T result;
        await using (var answers = File.Create(path))
        {
            result = await measureAsync(answers);
        }

        Show("looking whether the ledger adds up");
        var (problems, lost) = await stage.CheckAsync(Path.GetFullPath(path));
        Problems.AddRange(problems.Select(problem => $"{Name}: {problem}"));
        Lost += lost;
        await stage.CloseLedgerAsync();
        return result;
    }

    /// <summary>Says what is being done.</summary>
    protected void Show(string what) => progress.Show($"{Name}: {what}");

    /// <summary>Notes what was wrong in a stretch of load.</summary>
    protected void Note(string what, Recording recording)
    {
        if (recording.Wrong > 0)
        {
            Problems.Add($"{Name}, {what}: {recording.Wrong} wrong answers, such as: {string.Join(" ", recording.Problems)}");
        }
    }
}
