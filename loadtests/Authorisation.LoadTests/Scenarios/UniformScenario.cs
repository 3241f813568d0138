using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>Purchases on cards taken at random from all of them.</summary>
internal sealed class UniformScenario(StageFacts facts) : Scenario(facts)
{
    /// <inheritdoc/>
    public override void Prepare(Call call) => Purchase(call, AnyCard());
}
