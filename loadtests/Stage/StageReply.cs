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

    /// <summary>How many decisions that were answered a checked ledger has not, or otherwise.</summary>
    [JsonPropertyName("lost")]
    public long Lost { get; init; }

    /// <summary>The file with ids of authorisations, 16 bytes each, in a ledger that has grown.</summary>
    [JsonPropertyName("ids")]
    public string? Ids { get; init; }

    /// <summary>The bytes on disk of the table of authorisations and of each of its indexes, by name.</summary>
    [JsonPropertyName("sizes")]
    public IReadOnlyDictionary<string, long>? Sizes { get; init; }

    /// <summary>What does not add up in a checked ledger.</summary>
    [JsonPropertyName("problems")]
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The connection string of the control plane's role for a ledger in which a month ends.</summary>
    [JsonPropertyName("admin")]
    public string? Admin { get; init; }

    /// <summary>The key of codes that the control plane wants.</summary>
    [JsonPropertyName("code_key")]
    public string? CodeKey { get; init; }

    /// <summary>The month that ends, as yyyy-MM.</summary>
    [JsonPropertyName("month")]
    public string? Month { get; init; }

    /// <summary>What there is to buy with in a ledger in which a month ends.</summary>
    [JsonPropertyName("cards")]
    public StageCards? Cards { get; init; }

    /// <summary>How far the ledger's clock was set ahead, in microseconds.</summary>
    [JsonPropertyName("ahead_us")]
    public long AheadMicroseconds { get; init; }

    /// <summary>The real moment at which the ledger's month ends, in microseconds since 1970.</summary>
    [JsonPropertyName("midnight_us")]
    public long MidnightMicroseconds { get; init; }

    /// <summary>How many transactions the ledger's database has ended.</summary>
    [JsonPropertyName("transactions")]
    public long Transactions { get; init; }

    /// <summary>How the end of the month stands.</summary>
    [JsonPropertyName("turn")]
    public MonthEndRunFacts? MonthEndRun { get; init; }
}
