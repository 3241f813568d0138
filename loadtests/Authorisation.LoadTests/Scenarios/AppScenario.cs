using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// What an app does: it shows the credit that remains, and buys with the same instrument. Each purchase is sent when the
/// question about its credit has been answered; both count as calls.
/// </summary>
internal sealed class AppScenario(StageFacts facts) : Scenario(facts)
{
    private const int Asks = 0;
    private const int Buys = 1;

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        call.Kind = Asks;
        call.Card = AnyCard();
        Question(call, call.Card);
    }

    /// <inheritdoc/>
    public override string? Judge(Call call) => call.Kind == Asks ? JudgeCredit(call) : base.Judge(call);

    /// <inheritdoc/>
    public override bool SendsAgain(Call call)
    {
        if (call.Kind == Buys)
        {
            return false;
        }

        call.Kind = Buys;
        Purchase(call, call.Card);
        return true;
    }
}
