using Authorisation.Core;

namespace Authorisation.Ledger.Cards;

/// <summary>A card as validators without coverage should know it.</summary>
/// <param name="Version">The number of its last change.</param>
/// <param name="CardNumber">The card.</param>
/// <param name="Reason">Why it must be refused; <see cref="DeclineReason.None"/> when it may be accepted.</param>
/// <param name="LapsesAt">When the refusal ends by itself.</param>
/// <param name="ChangedAt">When the change was numbered, by the database's clock.</param>
public sealed record CardState(
    long Version, string CardNumber, DeclineReason Reason, DateTimeOffset? LapsesAt, DateTimeOffset ChangedAt);
