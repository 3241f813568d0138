using System.Diagnostics;
using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// Purchases on all cards of one organisation while it is renamed, suspended and reinstated. Each has to be decided by
/// what was answered before it was sent.
/// </summary>
internal sealed class BulkScenario(StageFacts facts, BulkChanges changes) : Scenario(facts)
{
    private readonly Dictionary<(int Round, BulkPart Part), LatencyHistogram> _latencies = [];

    /// <summary>The latencies of a part, in nanoseconds; null when nothing was sent in it.</summary>
    public LatencyHistogram? Of(int round, BulkPart part) => _latencies.GetValueOrDefault((round, part));

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        call.Kind = changes.Current;
        Purchase(call, AnyCard());
    }

    /// <inheritdoc/>
    public override string? Judge(Call call)
    {
        var stretch = changes.Of(call.Kind);
        if (!_latencies.TryGetValue((stretch.Round, stretch.Part), out var latencies))
        {
            latencies = _latencies[(stretch.Round, stretch.Part)] = new LatencyHistogram();
        }

        latencies.Record((long)Stopwatch.GetElapsedTime(call.PlannedAt).TotalNanoseconds);
        // Of what was answered in another stretch than it was sent in, either is right.
        var isSuspended = changes.Current == call.Kind ? stretch.IsSuspended : null;
        return isSuspended ?? AnswerFields.Read(call.Answer).Decision == Decision.Declined
            ? JudgeDecision(call, Decision.Declined, DeclineReason.OrganisationSuspended)
            : JudgeDecision(call, Decision.Approved, DeclineReason.Unspecified);
    }
}
