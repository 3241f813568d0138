using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Activation;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>A number and the code that was sent to it.</summary>
/// <param name="Mobile">The mobile number.</param>
/// <param name="Code">The code.</param>
internal sealed record PhoneSessionRequest(string? Mobile, string? Code);

/// <summary>
/// Lets somebody in who has an order link and the code that was sent to a telephone. Wrong, used, lapsed and unknown
/// codes look alike, and tries of a number are bounded whatever codes it was sent.
/// </summary>
internal sealed class BeginPhoneSession(CodeKeys keys)
{
    /// <returns>
    /// The token and until when it holds; null when the code was refused, which is to be committed, as the try counts.
    /// </returns>
    /// <exception cref="RefusedException">
    /// 404: the link is not in force. 400: fields are wrong. 429: too many tries of the number.
    /// </exception>
    public async Task<(string Token, DateTime ExpiresAt)?> RunAsync(
        UnitOfWork work, string link, Request<PhoneSessionRequest> request)
    {
        var (linkId, organisation, _) = await OrderLink.OpenAsync(work.Db, link);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        var mobile = SendPhoneCode.MobileOf(fields, asked.Mobile, terms);
        var code = fields.Required("code", asked.Code, Limits.ActivationCodeDigits);
        fields.ThrowIfAny();
        await SendPhoneCode.LockAsync(work, mobile);
        if (await UntilNextTryAsync(work, mobile) is { } wait)
        {
            throw Problems.TooMany("Too many codes of this number were tried.", wait);
        }

        var login = SendPhoneCode.LoginOf(linkId, mobile);
        var isRight = await work.Db.QuerySingleOrDefaultAsync<bool?>(
            """
            update control.phone_code
            set tries = tries + 1, used_at = case when hmac = any(@hmacs) then ledger_now() end
            where link_id = @linkId and mobile = @mobile and used_at is null and ended_at is null and expires_at > ledger_now()
              and tries < @most
            returning used_at is not null
            """,
            new
            {
                linkId,
                mobile,
                most = Limits.PhoneCodeTriesMax,
                hmacs = keys.All.Select(key => key.OfCode(terms.Id, login, code)).ToArray(),
            });
        if (isRight is not true)
        {
            return null;
        }

        var (token, sha256) = TokenHash.NewToken();
        var expiresAt = await work.Db.ExecuteScalarAsync<DateTime>(
            """
            insert into control.phone_session (sha256, link_id, mobile, expires_at)
            values (@sha256, @linkId, @mobile, ledger_now() + @time) returning expires_at
            """,
            new { sha256, linkId, mobile, time = Limits.PhoneSessionTime });
        return (token, expiresAt);
    }

    // Tries are counted with their codes, by when these were made, so that one more is allowed an hour after at most.
    private static Task<TimeSpan?> UntilNextTryAsync(UnitOfWork work, string mobile) =>
        work.Db.QuerySingleAsync<TimeSpan?>(
            """
            select case when sum(tries) >= @most then min(made_at) + interval '1 hour' - ledger_now() end
            from control.phone_code where mobile = @mobile and made_at > ledger_now() - interval '1 hour' and tries > 0
            """,
            new { mobile, most = Limits.PhoneTriesPerHourMax });
}
