using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// Purchases on cards taken at random, of a client that sends more than it may have waiting: what is refused because
/// its share of the queue is full is right, too.
/// </summary>
internal sealed class FloodScenario(StageFacts facts) : Scenario(facts)
{
    /// <inheritdoc/>
    public override void Prepare(Call call) => Purchase(call, AnyCard());

    /// <inheritdoc/>
    public override string? Judge(Call call) =>
        call.Status == (int)Grpc.Core.StatusCode.ResourceExhausted ? null : base.Judge(call);
}
