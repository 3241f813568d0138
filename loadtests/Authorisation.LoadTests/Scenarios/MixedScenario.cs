using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>90 % purchases, 8 % questions about credit, 2 % requests that break the contract.</summary>
internal sealed class MixedScenario(StageFacts facts) : Scenario(facts)
{
    private const int Buys = 0;
    private const int Asks = 1;
    private const int Errs = 2;
    private const int PercentOfQuestions = 8;
    private const int PercentOfErrors = 2;

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        var percent = Random.Next(100);
        call.Kind = percent < PercentOfErrors ? Errs : percent < PercentOfErrors + PercentOfQuestions ? Asks : Buys;
        switch (call.Kind)
        {
            case Buys:
                Purchase(call, AnyCard());
                break;
            case Errs:
                BadPurchase(call, AnyCard());
                break;
            default:
                Question(call, AnyCard());
                break;
        }
    }

    /// <inheritdoc/>
    public override string? Judge(Call call) => call.Kind switch
    {
        Buys => base.Judge(call),
        Errs => JudgeStatus(call, (int)Grpc.Core.StatusCode.InvalidArgument),
        _ => JudgeCredit(call),
    };
}
