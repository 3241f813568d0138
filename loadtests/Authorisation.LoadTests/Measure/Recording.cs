using System.Diagnostics;

namespace Authorisation.LoadTests.Measure;

/// <summary>What one phase of load measured: how many answers, how long each took, and the same over time.</summary>
/// <remarks>Not for several threads: each thread has its own, which are added up afterwards.</remarks>
internal sealed class Recording
{
    private const int IntervalsMax = 120;
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(100);
    private const double NanosecondsInSecond = 1e9;
    private const int ProblemsKept = 3;

    private readonly long _from;
    private readonly long _until;
    private readonly long _intervalTicks;
    private readonly LatencyHistogram[] _intervals;
    private readonly long[] _answered;

    /// <summary>Records what lies between two moments of the stopwatch.</summary>
    public Recording(long from, long until)
    {
        _from = from;
        _until = until;
        _intervalTicks = Math.Max(
            (long)(IntervalMin.TotalSeconds * Stopwatch.Frequency), (until - from + IntervalsMax - 1) / IntervalsMax);
        var intervals = (int)Math.Max(1, (until - from + _intervalTicks - 1) / _intervalTicks);
        _answered = new long[intervals];
        _intervals = new LatencyHistogram[intervals];
        for (var i = 0; i < intervals; i++)
        {
            _intervals[i] = new LatencyHistogram();
        }
    }

    /// <summary>The grain of the time line.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds((double)_intervalTicks / Stopwatch.Frequency);

    /// <summary>Every latency of the phase.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>
    /// The open model: how long after its time each call was sent, which is of the generator's making and part of the
    /// latency.
    /// </summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>The latencies of each interval, by the moment that they belong to, in order.</summary>
    public IReadOnlyList<LatencyHistogram> TimeLine => _intervals;

    /// <summary>How many answers came in each interval, whenever they had been planned.</summary>
    public IReadOnlyList<long> AnsweredOverTime => _answered;

    /// <summary>How long was measured.</summary>
    public TimeSpan Length => Stopwatch.GetElapsedTime(_from, _until);

    /// <summary>How many answers there were, those before and after the phase included.</summary>
    public long Answers { get; private set; }

    /// <summary>How many answers were not what they had to be.</summary>
    public long Wrong { get; private set; }

    /// <summary>The first few of those, in words.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Answers per second.</summary>
    public double PerSecond => Latencies.Count / Length.TotalSeconds;

    /// <summary>Counts an answer, if the moment that it belongs to is within the phase.</summary>
    /// <param name="moment">The moment it belongs to: when it came, or when it was planned.</param>
    /// <param name="began">When the call began, or was to begin.</param>
    /// <param name="ended">When its answer was there.</param>
    public void Add(long moment, long began, long ended)
    {
        Answers++;
        if (ended >= _from && ended < _until)
        {
            _answered[(ended - _from) / _intervalTicks]++;
        }

        if (moment < _from || moment >= _until)
        {
            return;
        }

        var nanoseconds = Nanoseconds(ended - began);
        Latencies.Record(nanoseconds);
        _intervals[(moment - _from) / _intervalTicks].Record(nanoseconds);
    }

    /// <summary>Counts how late a call was sent, if it was planned within the phase.</summary>
    public void AddLateness(long planned, long sent)
    {
        if (planned >= _from && planned < _until)
        {
            Lateness.Record(Nanoseconds(sent - planned));
        }
    }

    /// <summary>The latencies of what belongs to the first so much of the phase, whole intervals of it.</summary>
    public LatencyHistogram First(TimeSpan length)
    {
        var first = new LatencyHistogram();
        foreach (var interval in _intervals.Take((int)Math.Round(length / Interval)))
        {
            first.Add(interval);
        }

        return first;
    }

    /// <summary>Counts an answer that was not what it had to be, also outside of the phase.</summary>
    public void AddWrong(string problem)
    {
        Wrong++;
        if (Problems.Count < ProblemsKept)
        {
            Problems.Add(problem);
        }
    }

    /// <summary>Adds what another thread measured of the same phase.</summary>
    public void Add(Recording other)
    {
        Latencies.Add(other.Latencies);
        Lateness.Add(other.Lateness);
        Answers += other.Answers;
        Wrong += other.Wrong;
        Problems.AddRange(other.Problems.Take(Math.Max(0, ProblemsKept - Problems.Count)));
        for (var i = 0; i < _intervals.Length; i++)
        {
            _intervals[i].Add(other._intervals[i]);
            _answered[i] += other._answered[i];
        }
    }

    private static long Nanoseconds(long ticks) => (long)(ticks * (NanosecondsInSecond / Stopwatch.Frequency));
}
