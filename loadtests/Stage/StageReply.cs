using System.Text.Json.Serialization;

namespace Authorisation.LoadTests.Stage;

/// <summary>What the stage answers to an order.</summary>
internal sealed record StageReply
{
    /// <summary>The connection string of a ledger that was opened.</summary>
    [JsonPropertyName("ledger")]
    public string? Ledger { get; init; }

    /// <summary>How many decisions a checked ledger holds.</summary>
    [JsonPropertyName("decisions")]
    public long Decisions { get; init; }

    /// <summary>What does not add up in a checked ledger.</summary>
    [JsonPropertyName("problems")]
    public IReadOnlyList<string> Problems { get; init; } = [];
}
