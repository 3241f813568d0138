namespace Authorisation.Standalone.Start;

/// <summary>Runs the steps, waits, and stops them in the reverse order whatever happened.</summary>
internal static class StartRunner
{
    /// <summary>Starts everything, stays until interrupted unless asked to end at once, and stops everything.</summary>
    /// <returns>True when it was up; an interruption in the middle of the start throws.</returns>
    public static async Task RunAsync(
        IReadOnlyList<IStartStep> steps, bool once, TextWriter output, bool isTerminal, CancellationToken interrupted)
    {
        var begun = new Stack<IStartStep>();
        try
        {
            foreach (var step in steps)
            {
                interrupted.ThrowIfCancellationRequested();
                begun.Push(step);
                using (step.Doing is null ? null : new Progress(output, step.Doing, isTerminal))
                {
                    await step.StartAsync(interrupted);
                }
            }

            if (!once)
            {
                await output.WriteLineAsync("Ready. Ctrl-C stops everything.");
                await StayAsync(steps, interrupted);
            }
        }
        finally
        {
            await StopAsync(begun, output, isTerminal);
        }
    }

    private static async Task StayAsync(IReadOnlyList<IStartStep> steps, CancellationToken interrupted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var watches = steps.Select(s => s.WatchAsync(stop.Token)).ToList();
        watches.Add(Task.Delay(Timeout.Infinite, stop.Token));
        try
        {
            while (watches.Count > 0)
            {
                var ended = await Task.WhenAny(watches);
                watches.Remove(ended);
                await ended;
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // The way it is meant to end.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(watches).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    // Each step gets its stop, also when another's failed.
    private static async Task StopAsync(Stack<IStartStep> begun, TextWriter output, bool isTerminal)
    {
        using (new Progress(output, "Stopping", isTerminal))
        {
            List<Exception> failures = [];
            while (begun.TryPop(out var step))
            {
                try
                {
                    await step.StopAsync();
                }
                catch (Exception e)
                {
                    failures.Add(e);
                }
            }

            if (failures.Count > 0)
            {
                throw new AggregateException("Not everything could be stopped.", failures);
            }
        }
    }
}
