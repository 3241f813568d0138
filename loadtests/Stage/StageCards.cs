using System.Text.Json.Serialization;

namespace Authorisation.LoadTests.Stage;

/// <summary>What there is to buy with, as sent to the load generator. Cards are numbers of 12 digits.</summary>
internal sealed record StageCards
{
    /// <summary>The bearer token of a validator.</summary>
    [JsonPropertyName("token")]
    public required string Token { get; init; }

    /// <summary>The bearer token of a validator of another operator; empty where there is only one.</summary>
    [JsonPropertyName("other_token")]
    public string OtherToken { get; init; } = "";

    /// <summary>
    /// How many cards of the other operator have more credit than a run can spend, from the same number on.
    /// </summary>
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

    /// <summary>How many cards have more credit than a run can spend.</summary>
    [JsonPropertyName("cards")]
    public required int Cards { get; init; }

    /// <summary>The first of them.</summary>
    [JsonPropertyName("first_card")]
    public long FirstCard { get; init; } = 100_000_000_000;

    /// <summary>The one that everybody uses at once.</summary>
    [JsonPropertyName("hot_card")]
    public long HotCard { get; init; } = 200_000_000_000;

    /// <summary>The first of those whose credit is spent.</summary>
    [JsonPropertyName("first_spent_card")]
    public long FirstSpentCard { get; init; } = 300_000_000_000;

    /// <summary>How many credits are spent.</summary>
    [JsonPropertyName("spent_cards")]
    public int SpentCards { get; init; } = 10_000;

    /// <summary>From here on no number is a card.</summary>
    [JsonPropertyName("first_unknown_card")]
    public long FirstUnknownCard { get; init; } = 400_000_000_000;
}
