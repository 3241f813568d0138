using System.Diagnostics;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Session;

/// <summary>Looks, again and again, how much memory some processes have in use together.</summary>
/// <remarks>The timer alone adds samples; they are read when it has ended.</remarks>
internal sealed class MemoryMeter : IDisposable
{
    private const int SamplesMax = 120;
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(250);

    private readonly IReadOnlyList<int> _processes;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<(double Seconds, double Mebibytes)> _samples = [];
    private readonly Timer _timer;

    /// <summary>Begins to look, for about so long.</summary>
    public MemoryMeter(IReadOnlyList<int> processes, TimeSpan length)
    {
        _processes = processes;
        var interval = length / SamplesMax;
        _timer = new Timer(_ => Sample(), null, TimeSpan.Zero, interval > IntervalMin ? interval : IntervalMin);
    }

    /// <summary>Ends, with a last look.</summary>
    public IReadOnlyList<(double Seconds, double Mebibytes)> End()
    {
        using (var ended = new ManualResetEvent(initialState: false))
        {
            _timer.Dispose(ended);
            ended.WaitOne();
        }

        Sample();
        return _samples;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        lock (_samples)
        {
            _samples.Add((Stopwatch.GetElapsedTime(_began).TotalSeconds, _processes.Sum(ProcessorTime.ResidentMebibytes)));
        }
    }
}
