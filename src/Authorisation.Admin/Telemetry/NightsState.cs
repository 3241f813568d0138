namespace Authorisation.Admin.Telemetry;

/// <summary>How the nights' work of an operator stands.</summary>
internal sealed record NightsState
{
    /// <summary>The operator's code.</summary>
    public required string Operator { get; init; }

    /// <summary>The step of the oldest night that is not done; 0 when all are.</summary>
    public required int Step { get; init; }

    /// <summary>1 when that waits for a person, else 0.</summary>
    public required int Waiting { get; init; }

    /// <summary>How long ago it was begun, in seconds; 0 when all are done.</summary>
    public required double AgeSeconds { get; init; }

    /// <summary>How many differences the newest night's work has found.</summary>
    public required long Differences { get; init; }

    /// <summary>How many accounts it has written statements of.</summary>
    public required long Statements { get; init; }

    /// <summary>How many rows it has sealed.</summary>
    public required long SealedRows { get; init; }

    /// <summary>How many accounts it has checked.</summary>
    public required long AccountsChecked { get; init; }

    /// <summary>How many invoices it has made.</summary>
    public required long Invoices { get; init; }
}
