using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>Purchases on one card.</summary>
internal sealed class HotScenario(StageFacts facts) : Scenario(facts)
{
    /// <inheritdoc/>
    public override void Prepare(Call call) => Purchase(call, Facts.HotCard);
}
