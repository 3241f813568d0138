using System.Diagnostics;
using System.Net;
using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Load;

/// <summary>
/// The open model: requests arrive independently, whether or not those before have been answered, as from many buses
/// that know nothing of one another. A latency counts from the moment planned: what had to wait for a place on the
/// connection, because the server stalled, has waited.
/// </summary>
internal sealed class OpenWorker(IPEndPoint target, string token, Scenario scenario, double perSecond, CancellationToken stop)
    : LoadWorker(target, token, scenario)
{
    private readonly Stack<Call> _free = new();
    private readonly double _meanGapTicks = Stopwatch.Frequency / perSecond;
    private readonly Random _random = new();
    private double _next;

    /// <inheritdoc/>
    protected override void Load()
    {
        Readiness.SharpenTimer();
        _next = Begin;
        while ((_next < Until && !stop.IsCancellationRequested) || Connection.InFlight > 0)
        {
            var hasRoom = SendWhatIsDue();
            if (_next >= Until || stop.IsCancellationRequested || !hasRoom || Readiness.Wait(Connection.Descriptor, (long)_next))
            {
                Connection.Receive();
                Connection.Flush();
            }
        }
    }

    /// <inheritdoc/>
    protected override void Record(Call call, long now) => Recording.Add(call.PlannedAt, call.PlannedAt, now);

    /// <inheritdoc/>
    protected override void OnFree(Call call) => _free.Push(call);

    // Whether there was a place for everything that is due.
    private bool SendWhatIsDue()
    {
        var now = Stopwatch.GetTimestamp();
        while (_next <= now && _next < Until && !stop.IsCancellationRequested)
        {
            if (Connection.InFlight == GrpcConnection.CallsMax)
            {
                Connection.Flush();
                return false;
            }

            var call = _free.TryPop(out var free) ? free : new Call();
            call.PlannedAt = (long)_next;
            Scenario.Prepare(call);
            Connection.Send(call);
            Recording.AddLateness(call.PlannedAt, now);
            // Exponential gaps: arrivals that are independent of one another.
            _next -= Math.Log(1 - _random.NextDouble()) * _meanGapTicks;
        }

        Connection.Flush();
        return true;
    }
}
