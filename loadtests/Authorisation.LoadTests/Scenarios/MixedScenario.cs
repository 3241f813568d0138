using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;
using Google.Protobuf;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>90 % purchases, 8 % questions about credit, 2 % requests that break the contract.</summary>
internal sealed class MixedScenario(StageFacts facts) : Scenario(facts)
{
    private const string CreditPath = "/authorisation.v1.AuthorisationService/GetCredit";
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
                var question = new GetCreditRequest { CardNumber = $"{AnyCard():D12}" };
                call.Path = CreditPath;
                call.RequestLength = question.CalculateSize();
                question.WriteTo(call.Request.AsSpan(0, call.RequestLength));
                break;
        }
    }

    /// <inheritdoc/>
    public override string? Judge(Call call) => call.Kind switch
    {
        Buys => base.Judge(call),
        Errs => JudgeStatus(call, (int)Grpc.Core.StatusCode.InvalidArgument),
        _ => JudgeStatus(call, expected: 0)
            ?? (Credit.Parser.ParseFrom(call.Answer) is { LimitMinor: > 0, Currency: "SEK" } ? null : "The credit is not right."),
    };
}
