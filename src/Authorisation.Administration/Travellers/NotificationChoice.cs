using Dapper;
using Npgsql;

namespace Authorisation.Administration.Travellers;

/// <summary>How a traveller wants to get news of what was decided: by one way at least.</summary>
/// <param name="ByEmail">By e-mail.</param>
/// <param name="BySms">By SMS.</param>
internal sealed record NotificationChoice(bool ByEmail, bool BySms)
{
    /// <summary>What counts before a traveller chooses.</summary>
    public static NotificationChoice Default { get; } = new(ByEmail: true, BySms: false);

    /// <summary>That of a traveller.</summary>
    public static async Task<NotificationChoice> GetAsync(NpgsqlConnection db, Guid travellerId) =>
        await db.QuerySingleOrDefaultAsync<NotificationChoice>(
            "select by_email, by_sms from control.traveller_choice where traveller_id = @travellerId",
            new { travellerId }) ?? Default;
}
