using System.Text.Json.Serialization;

namespace Authorisation.LoadTests.Processes;

/// <summary>
/// What the stage has prepared; it says so in JSON. Cards are numbers of 12 digits, without leading zeros.
/// </summary>
internal sealed record StageFacts
{
    /// <summary>The bearer token of a validator.</summary>
    [JsonPropertyName("token")]
    public required string Token { get; init; }

    /// <summary>The first of the cards that have more credit than a run can spend.</summary>
    [JsonPropertyName("first_card")]
    public required long FirstCard { get; init; }

    /// <summary>How many of them follow one another.</summary>
    [JsonPropertyName("cards")]
    public required int Cards { get; init; }

    /// <summary>The card that everybody uses at once.</summary>
    [JsonPropertyName("hot_card")]
    public required long HotCard { get; init; }

    /// <summary>The first of the cards whose credit is spent.</summary>
    [JsonPropertyName("first_spent_card")]
    public required long FirstSpentCard { get; init; }

    /// <summary>How many of them follow one another.</summary>
    [JsonPropertyName("spent_cards")]
    public required int SpentCards { get; init; }

    /// <summary>From here on no number is a card, for as many as there are cards.</summary>
    [JsonPropertyName("first_unknown_card")]
    public required long FirstUnknownCard { get; init; }

    /// <summary>The bearer token of a validator of another operator; empty where there is only one.</summary>
    [JsonPropertyName("other_token")]
    public string OtherToken { get; init; } = "";

    /// <summary>How many cards of the other operator follow one another, from the same number on.</summary>
    [JsonPropertyName("other_cards")]
    public int OtherCards { get; init; }

    /// <summary>Where Redis listens.</summary>
    [JsonPropertyName("redis")]
    public required string Redis { get; init; }

    /// <summary>The process id of Postgres.</summary>
    [JsonPropertyName("postgres_process")]
    public required int PostgresProcess { get; init; }

    /// <summary>The process id of Redis.</summary>
    [JsonPropertyName("redis_process")]
    public required int RedisProcess { get; init; }
}
