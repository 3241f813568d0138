using System.Diagnostics;
using Authorisation.LoadTests.Measure;

namespace Authorisation.LoadTests.Load;

/// <summary>Runs one phase of load on as many threads as it has connections.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan LeadTime = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs it and returns what was measured; what was answered is appended to a file.</summary>
    /// <exception cref="LoadFailedException">A connection broke or the server fell silent.</exception>
    public static Recording Run(LoadPlan plan, Stream answers)
    {
        var workers = new List<LoadWorker>();
        try
        {
            for (var i = 0; i < plan.Connections; i++)
            {
                var target = plan.Targets[i % plan.Targets.Count];
                workers.Add(plan.InFlight > 0
                    ? new ClosedWorker(target, plan.Token, plan.Scenario(), Share(plan.InFlight, plan.Connections, i), plan.Streamed)
                    : new OpenWorker(target, plan.Token, plan.Scenario(), plan.PerSecond / plan.Connections, plan.Stop));
            }

            var begin = plan.BeginsAt ?? Stopwatch.GetTimestamp() + Ticks(LeadTime);
            var from = begin + Ticks(plan.WarmUp);
            var until = from + Ticks(plan.Measured);
            workers.ForEach(worker => worker.Schedule(begin, until, new Recording(from, until)));
            RunThreads(workers);
            var whole = new Recording(from, until);
            foreach (var worker in workers)
            {
                worker.Scenario.Answers.MoveTo(answers);
                whole.Add(worker.Recording);
            }

            return workers.Find(worker => worker.Failure is not null)?.Failure is { } failure ? throw failure : whole;
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    private static void RunThreads(List<LoadWorker> workers)
    {
        var threads = workers.ConvertAll(worker => new Thread(worker.Run) { IsBackground = true, Name = "load" });
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static int Share(int whole, int parts, int part) => (whole / parts) + (part < whole % parts ? 1 : 0);

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
