using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>Every purchase twice, the second time when the first has been answered.</summary>
internal sealed class ReplayScenario(StageFacts facts) : Scenario(facts)
{
    private const int First = 0;
    private const int Second = 1;

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        call.Kind = First;
        Purchase(call, AnyCard());
    }

    /// <inheritdoc/>
    public override string? Judge(Call call) => JudgeDecision(
        call, Decision.Approved, DeclineReason.Unspecified, replayed: call.Kind == Second);

    /// <inheritdoc/>
    public override bool SendsAgain(Call call)
    {
        var again = call.Kind == First;
        call.Kind = Second;
        return again;
    }
}
