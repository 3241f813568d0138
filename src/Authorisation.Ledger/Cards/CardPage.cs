namespace Authorisation.Ledger.Cards;

/// <summary>
/// Some of an operator's cards, in the order of their numbers, and how far the numbers had come then.
/// </summary>
/// <param name="Numbering">At the same moment as the cards.</param>
/// <param name="Cards">The next ones, fewer than asked for when there are no more.</param>
public sealed record CardPage(CardNumbering Numbering, IReadOnlyList<CardState> Cards);
