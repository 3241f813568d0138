using System.Diagnostics;
using System.Net;
using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Load;

/// <summary>
/// The closed model: a fixed number of callers, each of which sends the next request when it has the answer to the
/// last.
/// </summary>
internal sealed class ClosedWorker(IPEndPoint target, string token, Scenario scenario, int inFlight, bool isStreamed)
    : LoadWorker(target, token, scenario, isStreamed)
{
    /// <inheritdoc/>
    protected override void Load()
    {
        for (var i = 0; i < inFlight; i++)
        {
            Next(new Call());
        }

        Connection.Flush();
        while (Connection.InFlight > 0)
        {
            Connection.Receive();
            Connection.Flush();
        }

        Connection.End();
    }

    /// <inheritdoc/>
    protected override void Record(Call call, long now) => Recording.Add(now, call.PlannedAt, now);

    /// <inheritdoc/>
    protected override void OnFree(Call call) => Next(call);

    private void Next(Call call)
    {
        var now = Stopwatch.GetTimestamp();
        if (now < Until)
        {
            call.PlannedAt = now;
            Scenario.Prepare(call);
            Connection.Send(call);
        }
    }
}
