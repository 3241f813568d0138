using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;
using Google.Protobuf;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>What is sent, and what must come back. Each thread of a run has its own.</summary>
internal abstract class Scenario
{
    private const string CreditPath = "/authorisation.v1.AuthorisationService/GetCredit";

    private readonly PurchaseTemplate _template = new();
    private readonly IdSource _ids;

    /// <summary>Prepares what every scenario has.</summary>
    protected Scenario(StageFacts facts)
    {
        Facts = facts;
        Random = new Random();
        _ids = new IdSource(Random);
    }

    /// <summary>The decisions that were answered.</summary>
    public AnswerLog Answers { get; } = new();

    /// <summary>What there is to buy with.</summary>
    protected StageFacts Facts { get; }

    /// <summary>Chooses.</summary>
    protected Random Random { get; }

    /// <summary>Makes the call the next request.</summary>
    public abstract void Prepare(Call call);

    /// <summary>Looks at the answer: <see langword="null"/> when it is right, else what is wrong with it.</summary>
    public virtual string? Judge(Call call) => JudgeDecision(call, Decision.Approved, DeclineReason.Unspecified);

    /// <summary>
    /// Whether the call is to be sent once more, as it is or as this makes it; asked after its answer was judged right.
    /// </summary>
    public virtual bool SendsAgain(Call call) => false;

    /// <summary>Makes the call a new purchase.</summary>
    protected void Purchase(Call call, long card) =>
        Purchase(call, card, Random.Next(PurchaseTemplate.AmountMin, PurchaseTemplate.AmountMax));

    /// <summary>Makes the call a new purchase of an amount, in minor units.</summary>
    protected void Purchase(Call call, long card, int amount) => _template.Write(call, _ids.Next(), card, amount);

    /// <summary>Makes the call a purchase that breaks the contract.</summary>
    protected void BadPurchase(Call call, long card) => _template.WriteBad(call, _ids.Next(), card);

    /// <summary>Makes the call the question about a card's credit.</summary>
    protected static void Question(Call call, long card)
    {
        var question = new GetCreditRequest { CardNumber = $"{card:D12}" };
        call.Path = CreditPath;
        call.RequestLength = question.CalculateSize();
        question.WriteTo(call.Request.AsSpan(0, call.RequestLength));
    }

    /// <summary>One of the many cards.</summary>
    protected long AnyCard() => Facts.FirstCard + Random.Next(Facts.Cards);

    /// <summary>Judges the answer to a purchase and notes its decision.</summary>
    protected string? JudgeDecision(Call call, Decision decision, DeclineReason reason, bool replayed = false)
    {
        if (JudgeStatus(call, expected: 0) is { } wrong)
        {
            return wrong;
        }

        var answer = AnswerFields.Read(call.Answer);
        if (answer.Id != call.Id)
        {
            return $"The answer to {call.Id} is of {answer.Id}.";
        }

        if (answer.Decision != decision || answer.Reason != reason || answer.Replayed != replayed)
        {
            return $"The decision was {answer.Decision} {answer.Reason} (replayed: {answer.Replayed}) "
                + $"and had to be {decision} {reason} (replayed: {replayed}).";
        }

        if (answer.HasCredit == (reason == DeclineReason.UnknownInstrument))
        {
            return answer.HasCredit ? "An unknown card was answered with credit." : "The answer has no credit.";
        }

        Answers.Add(call.Id, (int)decision);
        return null;
    }

    /// <summary>Judges the answer to a question about credit.</summary>
    protected static string? JudgeCredit(Call call) => JudgeStatus(call, expected: 0)
        ?? (Credit.Parser.ParseFrom(call.Answer) is { LimitMinor: > 0, Currency: "SEK" } ? null : "The credit is not right.");

    /// <summary>Judges the gRPC status.</summary>
    protected static string? JudgeStatus(Call call, int expected) => call.Status == expected
        ? null
        : call.Status == HeaderDecoder.NoStatus
            ? "A call ended without a gRPC status."
            : $"The gRPC status was {(Grpc.Core.StatusCode)call.Status} and had to be {(Grpc.Core.StatusCode)expected}.";
}
