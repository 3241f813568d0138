using Authorisation.Ledger.Cards;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using DeclineReason = Authorisation.Core.DeclineReason;

namespace Authorisation.Server.Cards;

/// <summary>Writes the states of cards as the contract's messages.</summary>
internal static class CardMapping
{
    public static CardUpdate ToUpdate(this CardState card) => new()
    {
        Version = card.Version,
        CardNumber = card.CardNumber,
        Denied = card.Reason != DeclineReason.None,
        Reason = (V1.DeclineReason)card.Reason,
        ChangedAt = card.ChangedAt.ToTimestamp(),
        LapsesAt = card.LapsesAt?.ToTimestamp(),
    };
}
