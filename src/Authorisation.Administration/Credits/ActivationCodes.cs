using System.Security.Cryptography;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Credits;

/// <summary>Makes one-time codes and sends them, and ends the access that earlier ones gave.</summary>
internal sealed class ActivationCodes(CodeKeys keys, Outbox outbox)
{
    // Without letters that look like digits or each other.
    private const string UserNameCharacters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int UserNameLength = 8;

    /// <summary>Ends an account's code, if it has one in force, makes a new one and sends it.</summary>
    /// <param name="db">Within a transaction that has locked the account.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="accountId">The account.</param>
    /// <returns>Until when the code can be used.</returns>
    /// <exception cref="TooManyMessagesException">429: the number or the organisation has had too many.</exception>
    public async Task<DateTime> SendAsync(NpgsqlConnection db, OperatorTerms terms, Guid accountId)
    {
        await EndAsync(db, accountId);
        var target = await db.QuerySingleAsync<(Guid TravellerId, Guid OrganisationId, string Organisation, string Email, string Mobile)>(
            """
            select t.id, g.id, g.name, t.email, a.mobile
            from credit_account a
            join billing_snapshot p on p.id = a.billing_snapshot_id
            join traveller t on t.id = p.traveller_id
            join organisation g on g.id = t.organisation_id
            where a.id = @accountId
            """,
            new { accountId });
        var login = terms.ActivationLogin switch
        {
            ActivationLogin.Email => target.Email,
            ActivationLogin.Mobile => target.Mobile,
            _ => RandomNumberGenerator.GetString(UserNameCharacters, UserNameLength),
        };
        var (code, expiresAt) = await InsertAsync(db, terms.Id, accountId, login);
        await outbox.AddAsync(db, new NewMessage(
            terms, MessageKind.ActivationCode, target.Mobile, null,
            MessageTexts.Code(terms, target.Organisation, login, code), Limits.ActivationCodeTime)
        {
            OrganisationId = target.OrganisationId,
            TravellerId = target.TravellerId,
            AccountId = accountId,
        });
        return expiresAt;
    }

    /// <summary>Ends an account's code and takes back a message with it that has not been sent.</summary>
    public static async Task EndAsync(NpgsqlConnection db, Guid accountId)
    {
        await db.ExecuteAsync(
            "update control.activation_code set ended_at = ledger_now() where account_id = @accountId and ended_at is null",
            new { accountId });
        await Outbox.OvertakeAsync(db, accountId);
    }

    /// <summary>Ends an account's app access and code: every server refuses the token within a second.</summary>
    public static async Task EndAccessAsync(NpgsqlConnection db, Guid accountId)
    {
        await EndAsync(db, accountId);
        await db.ExecuteAsync(
            "update access_token set ended_at = ledger_now() where account_id = @accountId and ended_at is null",
            new { accountId });
    }

    private async Task<(string Code, DateTime ExpiresAt)> InsertAsync(
        NpgsqlConnection db, int operatorId, Guid accountId, string login)
    {
        while (true)
        {
            var code = CodeKey.NewCode();
            // A login may have several codes, one for each of a person's organisations; the code distinguishes them.
            var expiresAt = await db.QuerySingleOrDefaultAsync<DateTime?>(
                """
                insert into control.activation_code (id, account_id, operator_id, login, hmac, made_at, expires_at)
                select @id, @accountId, @operatorId, @login, @hmacs[1], now, now + @lifetime
                from ledger_now() now
                where not exists (
                  select from control.activation_code
                  where operator_id = @operatorId and login = @login and hmac = any(@hmacs) and ended_at is null)
                returning expires_at
                """,
                new
                {
                    id = Guid.CreateVersion7(),
                    accountId,
                    operatorId,
                    login,
                    hmacs = keys.All.Select(key => key.OfCode(operatorId, login, code)).ToArray(),
                    lifetime = Limits.ActivationCodeTime,
                });
            if (expiresAt is { } until)
            {
                return (code, until);
            }
        }
    }
}
