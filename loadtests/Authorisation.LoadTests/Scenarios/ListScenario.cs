using System.Globalization;
using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;
using Google.Protobuf;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>Questions for what was bought on a card in one of the last twelve months: the first page of it.</summary>
internal sealed class ListScenario(StageFacts facts) : Scenario(facts)
{
    private const string Path = "/authorisation.v1.AuthorisationService/ListAuthorisations";
    private const int Months = 12;

    private readonly string[] _months =
    [
        .. Enumerable.Range(0, Months).Select(back =>
            DateTimeOffset.UtcNow.AddMonths(-back).ToString("yyyy-MM", CultureInfo.InvariantCulture)),
    ];

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        call.Kind = Random.Next(Months);
        var question = new ListAuthorisationsRequest { CardNumber = $"{AnyCard():D12}", Month = _months[call.Kind] };
        call.Path = Path;
        call.RequestLength = question.CalculateSize();
        question.WriteTo(call.Request.AsSpan(0, call.RequestLength));
    }

    /// <inheritdoc/>
    public override string? Judge(Call call) => JudgeStatus(call, expected: 0)
        ?? (ListAuthorisationsResponse.Parser.ParseFrom(call.Answer).Authorisations.All(row => row.Month == _months[call.Kind])
            ? null
            : $"The list of {_months[call.Kind]} has what was bought in another month.");
}
