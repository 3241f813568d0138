using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;

namespace Authorisation.Bench;

/// <summary>Messages as they are in life.</summary>
internal static class Messages
{
    /// <summary>A purchase as a validator sends it.</summary>
    public static AuthoriseRequest Purchase() => new()
    {
        AuthorisationId = Guid.CreateVersion7().ToString(),
        CardNumber = "100000000000",
        AmountMinor = 3_900,
        Currency = "SEK",
        Product = "single-adult",
        OccurredAt = DateTimeOffset.UtcNow.ToTimestamp(),
        Trip = new Trip { Vehicle = "1287", Line = "42", Stop = "Torget" },
        DeviceId = "validator-0017",
    };

    /// <summary>The answer to it.</summary>
    public static AuthoriseResponse Approval(string id) => new()
    {
        AuthorisationId = id,
        Decision = Decision.Approved,
        Credit = new Credit
        {
            LimitMinor = 600_000,
            SpentMinor = 123_456,
            RemainingMinor = 476_544,
            Currency = "SEK",
            Month = "2026-11",
            ResetsAt = DateTimeOffset.UnixEpoch.ToTimestamp(),
        },
        DecidedAt = DateTimeOffset.UtcNow.ToTimestamp(),
    };
}
