using System.Text.Json.Serialization;

namespace Authorisation.LoadTests.Processes;

/// <summary>A ledger in which a month is about to end.</summary>
/// <param name="Ledger">The server's way to it.</param>
/// <param name="Admin">The control plane's way to it.</param>
/// <param name="CodeKey">The key of codes that the control plane wants.</param>
/// <param name="Month">The month, as yyyy-MM.</param>
/// <param name="Facts">What there is to buy with.</param>
internal sealed record MonthEndFacts(string Ledger, string Admin, string CodeKey, string Month, StageFacts Facts);

/// <summary>The clock of such a ledger.</summary>
/// <param name="AheadMicroseconds">How far it is ahead of the real one.</param>
/// <param name="Midnight">The real moment at which its month ends.</param>
internal sealed record MonthEndClock(long AheadMicroseconds, DateTimeOffset Midnight);

/// <summary>How the run of such a ledger's month stands.</summary>
internal sealed record MonthEndRunFacts
{
    /// <summary>How long after midnight it was done, in seconds; null while it is not.</summary>
    [JsonPropertyName("seconds")]
    public double? Seconds { get; init; }

    /// <summary>How many accounts have a statement.</summary>
    [JsonPropertyName("statements")]
    public int Statements { get; init; }

    /// <summary>How many rows are sealed.</summary>
    [JsonPropertyName("sealed_rows")]
    public long SealedRows { get; init; }

    /// <summary>How many accounts were reconciled.</summary>
    [JsonPropertyName("accounts_checked")]
    public int AccountsChecked { get; init; }

    /// <summary>How many invoices were made.</summary>
    [JsonPropertyName("invoices")]
    public int Invoices { get; init; }

    /// <summary>How many differences were found.</summary>
    [JsonPropertyName("differences")]
    public int Differences { get; init; }
}
