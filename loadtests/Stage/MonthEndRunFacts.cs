using System.Text.Json.Serialization;

namespace Authorisation.LoadTests;

/// <summary>How the run of a staged ledger's month stands: what the stage sends and the load test reads.</summary>
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
