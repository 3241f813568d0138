using Authorisation.Administration.Credits;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Core;
using Npgsql;

namespace Authorisation.Administration.Travellers;

/// <summary>
/// Sends a traveller news of what was decided, as the traveller chose: by e-mail, by SMS or both. What cannot be sent, as there is
/// no number any more or a bound of messages is reached, is left out, and what was decided stands all the same.
/// </summary>
internal sealed class TravellerNews(Outbox outbox)
{
    /// <param name="db">Within the transaction of what was decided.</param>
    /// <param name="terms">The operator in whose name.</param>
    /// <param name="traveller">The traveller.</param>
    /// <param name="subject">Of the e-mail.</param>
    /// <param name="text">Of both; begins with the operator's name.</param>
    public async Task TellAsync(NpgsqlConnection db, OperatorTerms terms, TravellerRow traveller, string subject, string text)
    {
        var choice = await NotificationChoice.GetAsync(db, traveller.Id);
        if (choice.BySms && traveller.Mobile is { } mobile && terms.SendsSmsTo(mobile))
        {
            await AddAsync(db, traveller, new NewMessage(
                terms, MessageKind.TravellerNewsSms, mobile, Subject: null, text, Limits.NewsTime));
        }

        if (choice.ByEmail && traveller.Email.Length > 0)
        {
            await AddAsync(db, traveller, new NewMessage(
                terms, MessageKind.TravellerNews, traveller.Email, subject, text, Limits.NewsTime));
        }
    }

    private Task<MessageBound?> AddAsync(NpgsqlConnection db, TravellerRow traveller, NewMessage message) =>
        outbox.TryAddAsync(db, message with { OrganisationId = traveller.OrganisationId, TravellerId = traveller.Id });
}
