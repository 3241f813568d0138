namespace Authorisation.Standalone.Start;

/// <summary>
/// Starts a server again that ended by itself, so that a person who kills one can watch how the service reacts.
/// </summary>
internal static class Restarts
{
    /// <summary>Watches until cancelled; throws when the server keeps ending.</summary>
    public static async Task WatchAsync(
        string name, Func<Task> ended, Func<CancellationToken, Task> start, TextWriter output, CancellationToken cancel)
    {
        var restarts = new Queue<long>();
        while (true)
        {
            await ended().WaitAsync(cancel);
            var now = Environment.TickCount64;
            while (restarts.TryPeek(out var oldest) && now - oldest > Bounds.RestartWindow.TotalMilliseconds)
            {
                restarts.Dequeue();
            }

            if (restarts.Count == Bounds.RestartsInWindow)
            {
                throw new StartFailedException($"{name} ended {restarts.Count + 1} times within {Bounds.RestartWindow.TotalSeconds:0} s");
            }

            restarts.Enqueue(now);
            await output.WriteLineAsync($"{name} ended by itself; starting it again");
            await start(cancel);
            await output.WriteLineAsync($"{name} runs again");
        }
    }
}
