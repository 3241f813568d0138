using System.Diagnostics;
using System.Net;
using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Scenarios;

namespace Authorisation.LoadTests.Load;

/// <summary>One connection and the one thread that sends on it, receives, checks and records.</summary>
internal abstract class LoadWorker : IDisposable
{
    private readonly Http2Connection _connection;

    /// <summary>Connects.</summary>
    protected LoadWorker(IPEndPoint target, string token, Scenario scenario, bool isStreamed = false)
    {
        Scenario = scenario;
        _connection = isStreamed ? new StreamConnection(target, token, OnAnswer) : new GrpcConnection(target, token, OnAnswer);
    }

    /// <summary>What is sent.</summary>
    public Scenario Scenario { get; }

    /// <summary>What was measured; set by <see cref="Schedule"/>.</summary>
    public Recording Recording { get; private set; } = null!;

    /// <summary>Why the load broke off, when it did.</summary>
    public LoadFailedException? Failure { get; private set; }

    /// <summary>The moment when the load begins, by the stopwatch.</summary>
    protected long Begin { get; private set; }

    /// <summary>The moment after which nothing new is sent.</summary>
    protected long Until { get; private set; }

    /// <summary>The connection.</summary>
    protected Http2Connection Connection => _connection;

    /// <summary>Says when the load is to run and what of it is recorded: when all have connected.</summary>
    public void Schedule(long begin, long until, Recording recording)
    {
        Begin = begin;
        Until = until;
        Recording = recording;
    }

    /// <summary>Runs the load to its end, the last answer included. Called on a separate thread.</summary>
    public void Run()
    {
        try
        {
            Load();
        }
        catch (LoadFailedException e)
        {
            Failure = e;
        }
        catch (System.Net.Sockets.SocketException e)
        {
            Failure = new LoadFailedException($"The connection broke: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the connection.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connection.Dispose();
        }
    }

    /// <summary>The load itself.</summary>
    protected abstract void Load();

    /// <summary>The call has been answered and judged right, and may be used again.</summary>
    protected abstract void OnFree(Call call);

    /// <summary>Records the latency of a call.</summary>
    protected abstract void Record(Call call, long now);

    private void OnAnswer(Call call)
    {
        var now = Stopwatch.GetTimestamp();
        Record(call, now);
        if (Scenario.Judge(call) is { } problem)
        {
            Recording.AddWrong(problem);
        }
        else if (Scenario.SendsAgain(call))
        {
            call.PlannedAt = now;
            _connection.Send(call);
            return;
        }

        OnFree(call);
    }
}
