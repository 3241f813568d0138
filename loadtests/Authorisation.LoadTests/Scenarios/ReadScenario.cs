using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;
using Google.Protobuf;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>Questions about authorisations of any time, by their ids.</summary>
internal sealed class ReadScenario(StageFacts facts, IReadOnlyList<Guid> ids) : Scenario(facts)
{
    private const string Path = "/authorisation.v1.AuthorisationService/GetAuthorisation";

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        call.Id = ids[Random.Next(ids.Count)];
        var question = new GetAuthorisationRequest { AuthorisationId = call.Id.ToString() };
        call.Path = Path;
        call.RequestLength = question.CalculateSize();
        question.WriteTo(call.Request.AsSpan(0, call.RequestLength));
    }

    /// <inheritdoc/>
    public override string? Judge(Call call) => JudgeStatus(call, expected: 0)
        ?? (AuthorisationRecord.Parser.ParseFrom(call.Answer).AuthorisationId == call.Id.ToString()
            ? null
            : $"The answer to a question about {call.Id} is of another authorisation.");
}
