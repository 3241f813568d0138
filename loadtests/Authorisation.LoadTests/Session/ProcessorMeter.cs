using System.Diagnostics;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Session;

/// <summary>What servers, databases and this process use of processor time between two moments.</summary>
internal sealed class ProcessorMeter(IReadOnlyList<int> servers, IReadOnlyList<int> stores)
{
    private readonly Dictionary<int, TimeSpan> _serversBefore = Sum(servers);
    private readonly Dictionary<int, TimeSpan> _storesBefore = Sum(stores);
    private readonly TimeSpan _ownBefore = Process.GetCurrentProcess().TotalProcessorTime;

    /// <summary>What they have used since the meter was made, in microseconds for each of so many answers.</summary>
    public (double Servers, double Stores, double Own) For(long answers)
    {
        var each = 1.0 / Math.Max(1, answers);
        return (
            Since(_serversBefore, Sum(servers)) * each,
            Since(_storesBefore, Sum(stores)) * each,
            (Process.GetCurrentProcess().TotalProcessorTime - _ownBefore).TotalMicroseconds * each);
    }

    private static Dictionary<int, TimeSpan> Sum(IEnumerable<int> processes) =>
        processes.SelectMany(ProcessorTime.OfFamily).DistinctBy(one => one.Key).ToDictionary(one => one.Key, one => one.Value);

    private static double Since(Dictionary<int, TimeSpan> before, Dictionary<int, TimeSpan> now) =>
        now.Sum(one => (one.Value - before.GetValueOrDefault(one.Key)).TotalMicroseconds);
}
