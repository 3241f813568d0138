using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;

namespace Authorisation.LoadTests.Peers;

/// <summary>Answers as full as the server's, so that peers do not win by saying less.</summary>
internal static class Answers
{
    /// <summary>An approval, or a decline for want of credit.</summary>
    public static AuthoriseResponse Of(
        string id, bool approved, long limitMinor, long spentMinor, DateTimeOffset decidedAt, bool replayed = false) => new()
        {
            AuthorisationId = id,
            Decision = approved ? Decision.Approved : Decision.Declined,
            DeclineReason = approved ? DeclineReason.Unspecified : DeclineReason.InsufficientCredit,
            Credit = new Credit
            {
                LimitMinor = limitMinor,
                SpentMinor = spentMinor,
                RemainingMinor = Math.Max(0, limitMinor - spentMinor),
                Currency = "SEK",
                Month = decidedAt.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture),
                ResetsAt = decidedAt.ToTimestamp(),
            },
            DecidedAt = decidedAt.ToTimestamp(),
            Replayed = replayed,
        };

    /// <summary>A purchase on an unknown card.</summary>
    public static AuthoriseResponse Unknown(string id) => new()
    {
        AuthorisationId = id,
        Decision = Decision.Declined,
        DeclineReason = DeclineReason.UnknownInstrument,
        DecidedAt = DateTimeOffset.UtcNow.ToTimestamp(),
    };
}
