using System.Text.Json.Serialization;

namespace Authorisation.LoadTests.Stage;

/// <summary>What the stage is asked to do.</summary>
/// <param name="Do"><c>open</c> a fresh ledger, or <c>open-untriggered</c>, <c>check</c> it, <c>close</c> it.</param>
/// <param name="Answers">For a check, the file with the ids that were answered.</param>
internal sealed record StageOrder(
    [property: JsonPropertyName("do")] string Do,
    [property: JsonPropertyName("answers")] string? Answers);
