using System.Diagnostics;

namespace Authorisation.Server.Tests.Support;

/// <summary>Notes how long this process did not get to do what was due, for tests whose clients have to be quick.</summary>
/// <remarks>One task writes the longest time; the test reads it.</remarks>
internal sealed class StallWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private long _longestTicks;

    /// <summary>Begins to watch.</summary>
    public StallWatch() => _watching = Task.Run(WatchAsync);

    /// <summary>The longest time so far.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Interlocked.Read(ref _longestTicks));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            await Task.Delay(Interval);
            var late = (Stopwatch.GetElapsedTime(began) - Interval).Ticks;
            Interlocked.Exchange(ref _longestTicks, Math.Max(late, Interlocked.Read(ref _longestTicks)));
        }
    }
}
