using System.Text.Json;
using System.Text.Json.Serialization;

namespace Authorisation.TicketSystem;

/// <summary>What an operator gave its ticket system.</summary>
/// <param name="Token">What it calls the control plane with.</param>
/// <param name="Secret">What events are signed with, as <c>whsec_…</c>.</param>
internal sealed record OperatorAccount(string Token, string Secret);

/// <summary>
/// What the ticket system is started with: a file, as tokens and secrets on a command line would be seen by all.
/// </summary>
/// <param name="Port">Where it listens on 127.0.0.1; 0 for a port that is free.</param>
/// <param name="Admin">Where the control plane is.</param>
/// <param name="ClockAhead">How far the demo's clock is ahead of the machine's.</param>
/// <param name="Operators">The operators that it serves, by their code.</param>
internal sealed record TicketSystemSettings(
    int Port, Uri Admin, TimeSpan ClockAhead, IReadOnlyDictionary<string, OperatorAccount> Operators)
{
    /// <summary>How the file, and what it shows, is written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads the file.</summary>
    /// <exception cref="JsonException">It is not such a file.</exception>
    public static TicketSystemSettings Read(string path) =>
        JsonSerializer.Deserialize<TicketSystemSettings>(File.ReadAllText(path), Json)
        ?? throw new JsonException($"{path} has no settings.");
}
