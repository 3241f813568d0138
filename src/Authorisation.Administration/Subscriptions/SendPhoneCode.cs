using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>
/// Sends a one-time code to a mobile number that somebody with an order link gave: ten minutes, five tries, once; a new
/// one ends the one before. The answer is the same whether the number has ordered anything.
/// </summary>
internal sealed class SendPhoneCode(CodeKeys keys, Outbox outbox)
{
    /// <exception cref="RefusedException">
    /// 404: the link is not in force. 400: it is no mobile number that SMS are sent to. 429: too many for the number.
    /// </exception>
    public async Task RunAsync(UnitOfWork work, string token, Request<string?> request)
    {
        var (linkId, organisation, _) = await OrderLink.OpenAsync(work.Db, token);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var fields = new Fields();
        var mobile = MobileOf(fields, request.Read(), terms);
        fields.ThrowIfAny();
        await LockAsync(work, mobile);
        var code = CodeKey.NewCode();
        await work.Db.ExecuteAsync(
            """
            update control.phone_code set ended_at = ledger_now()
            where link_id = @linkId and mobile = @mobile and used_at is null and ended_at is null;
            insert into control.phone_code (id, link_id, mobile, hmac, expires_at)
            values (@id, @linkId, @mobile, @hmac, ledger_now() + @lifetime)
            """,
            new
            {
                id = Guid.CreateVersion7(),
                linkId,
                mobile,
                hmac = keys.Current.OfCode(terms.Id, LoginOf(linkId, mobile), code),
                lifetime = Limits.PhoneCodeTime,
            });
        await outbox.AddAsync(work.Db, new NewMessage(
            terms, MessageKind.PhoneCode, mobile, null, MessageTexts.PhoneCode(terms, code), Limits.PhoneCodeTime)
        {
            OrganisationId = organisation.Id,
        });
    }

    /// <summary>What a code is kept under: it holds for one number and one link.</summary>
    public static string LoginOf(Guid linkId, string mobile) => $"{linkId} {mobile}";

    /// <summary>Codes of one number and tries at them follow one another.</summary>
    public static Task LockAsync(UnitOfWork work, string mobile) => work.Db.ExecuteAsync(
        "select pg_advisory_xact_lock(hashtextextended('phone codes of ' || @mobile, 2))", new { mobile });

    /// <summary>The mobile number of a request; empty, with its error, when it is none.</summary>
    public static string MobileOf(Fields fields, string? value, OperatorTerms terms)
    {
        const string Field = "mobile";
        var before = fields.Errors.Count;
        var mobile = terms.MobileForSms(fields, Field, value);
        if (mobile is null && fields.Errors.Count == before)
        {
            fields.Add(Field, FieldCode.Required, "is required: a mobile number");
        }

        return mobile ?? "";
    }
}
