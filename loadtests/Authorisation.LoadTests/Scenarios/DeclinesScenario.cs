using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>Purchases that must be declined: on cards that are spent, and on unknown cards.</summary>
internal sealed class DeclinesScenario(StageFacts facts) : Scenario(facts)
{
    private const int Spent = 0;
    private const int Unknown = 1;

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        call.Kind = Random.Next(2) == Spent ? Spent : Unknown;
        Purchase(call, call.Kind == Spent
            ? Facts.FirstSpentCard + Random.Next(Facts.SpentCards)
            : Facts.FirstUnknownCard + Random.Next(Facts.Cards));
    }

    /// <inheritdoc/>
    public override string? Judge(Call call) => JudgeDecision(
        call,
        Decision.Declined,
        call.Kind == Spent ? DeclineReason.InsufficientCredit : DeclineReason.UnknownInstrument);
}
