using Authorisation.Administration.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Cards;

/// <summary>
/// Cards that carry tickets which were sent to them: a card has credit or tickets, not both. Each is claimed first, as one
/// that is given credit is, so of two at once the second sees what the first did.
/// </summary>
internal static class CardTickets
{
    /// <summary>Claims cards until the transaction ends.</summary>
    /// <returns>Those that have open credit, and so can carry no ticket.</returns>
    public static async Task<IReadOnlySet<string>> ClaimAsync(NpgsqlConnection db, int operatorId, IEnumerable<string> cardNumbers)
    {
        var cards = cardNumbers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        foreach (var card in cards)
        {
            await Claim.CardAsync(db, operatorId, card);
        }

        var withCredit = await db.QueryAsync<string>(
            """
            select card_number from credit_account
            where operator_id = @operatorId and card_number = any(@cards) and removed_at is null
            """,
            new { operatorId, cards });
        return withCredit.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Marks claimed cards as ones with tickets; a mark that is there stays as it is.</summary>
    public static Task MarkAsync(NpgsqlConnection db, int operatorId, IEnumerable<string> cardNumbers) => db.ExecuteAsync(
        """
        insert into prepaid_card (operator_id, card_number, came_with_ticket)
        select @operatorId, card, true from unnest(@cards::text[]) card order by card
        on conflict do nothing
        """,
        new { operatorId, cards = cardNumbers.Distinct(StringComparer.Ordinal).ToArray() });

    /// <summary>
    /// Takes the mark from a card that carries no ticket any more. A mark that staff or the ticket system set stays.
    /// </summary>
    public static async Task ReleaseAsync(NpgsqlConnection db, int operatorId, string cardNumber)
    {
        await Claim.CardAsync(db, operatorId, cardNumber);
        if (!await HasLiveAsync(db, operatorId, cardNumber))
        {
            await db.ExecuteAsync(
                "delete from prepaid_card where operator_id = @operatorId and card_number = @cardNumber and came_with_ticket",
                new { operatorId, cardNumber });
        }
    }

    /// <summary>Whether a card carries a ticket that was sent to it and can still be travelled on.</summary>
    public static Task<bool> HasLiveAsync(NpgsqlConnection db, int operatorId, string cardNumber) => db.ExecuteScalarAsync<bool>(
        """
        select exists (
          select from control.ticket
          where operator_id = @operatorId and card_number = @cardNumber and state in (1, 2, 3))
        """,
        new { operatorId, cardNumber });
}
