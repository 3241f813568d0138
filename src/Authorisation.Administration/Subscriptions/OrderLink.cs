using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Subscriptions;

/// <summary>A link to an organisation's order form, with which employees order subscriptions.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Token">The end of its address.</param>
/// <param name="MadeAt">Since when it is in force.</param>
internal sealed record OrderLink(Guid Id, Guid OrganisationId, string Token, DateTime MadeAt)
{
    /// <summary>The organisation's link in force; null when it has none.</summary>
    public static async Task<OrderLink?> FindAsync(NpgsqlConnection db, TextCipher cipher, Guid organisationId) =>
        await db.QuerySingleOrDefaultAsync<(Guid Id, byte[] Token, DateTime MadeAt)?>(
            "select id, token, made_at from control.order_link where organisation_id = @organisationId and revoked_at is null",
            new { organisationId }) is { } kept
            ? new OrderLink(kept.Id, organisationId, cipher.Decrypt(kept.Id, kept.Token), kept.MadeAt)
            : null;

    /// <summary>The link of a token, and its organisation with what it set, for a caller that has it.</summary>
    /// <exception cref="RefusedException">404: there is none in force, or its organisation is no customer any more.</exception>
    public static async Task<(Guid Id, OrganisationRow Organisation, SubscriptionSettings Settings)> OpenAsync(
        NpgsqlConnection db, string token)
    {
        var link = token.Length > Limits.OrderLinkCharactersMax
            ? null
            : await db.QuerySingleOrDefaultAsync<(Guid Id, Guid OrganisationId)?>(
                "select id, organisation_id from control.order_link where sha256 = @sha256 and revoked_at is null",
                new { sha256 = TokenHash.Sha256Of(token) });
        var organisation = link is { } found ? await OrganisationRow.FindAsync(db, found.OrganisationId) : null;
        return organisation is { Status: OrganisationStatus.Customer, SuspendedAt: null }
            && await SubscriptionSettings.FindAsync(db, organisation.Id) is { } settings
                ? (link!.Value.Id, organisation, settings)
                : throw Problems.NotFound();
    }

    /// <summary>The link of the caller's session, which it has to be.</summary>
    /// <exception cref="RefusedException">401: the caller has no session of this link.</exception>
    public static async Task<(PhoneSession Session, OrganisationRow Organisation, SubscriptionSettings Settings)> OfSessionAsync(
        UnitOfWork work, string token)
    {
        var (id, organisation, settings) = await OpenAsync(work.Db, token);
        return work.PhoneIfAny is { } session && session.LinkId == id ? (session, organisation, settings) : throw Problems.NoPhoneSession();
    }
}
