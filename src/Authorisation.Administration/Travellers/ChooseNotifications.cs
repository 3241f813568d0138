using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Travellers;

/// <summary>How a traveller wants to get news.</summary>
/// <param name="Email">By e-mail.</param>
/// <param name="Sms">By SMS, which takes a mobile number that the operator sends to.</param>
internal sealed record ChooseNotificationsRequest(bool? Email, bool? Sms);

/// <summary>Sets how a traveller gets news of what was decided; the traveller alone chooses that.</summary>
internal sealed class ChooseNotifications
{
    /// <returns>The choice as it is now.</returns>
    /// <exception cref="RefusedException">
    /// The traveller cannot be seen or is another than the principal, or a field is wrong.
    /// </exception>
    public async Task<NotificationChoice> RunAsync(
        UnitOfWork work, Guid travellerId, Request<ChooseNotificationsRequest> request)
    {
        var (row, scope) = await TravellerRow.GetVisibleAsync(work, travellerId);
        scope.RequireOwn(travellerId);
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        var after = new NotificationChoice(Present(fields, "email", asked.Email), Present(fields, "sms", asked.Sms));
        if (after.BySms && (row.Mobile is null || !terms.SendsSmsTo(row.Mobile)))
        {
            fields.Add("sms", FieldCode.NotPossible, $"takes a mobile number: the operator sends SMS to {terms.SmsNumbers} only");
        }

        if (asked is { Email: false, Sms: false })
        {
            fields.Add("email", FieldCode.NotPossible, "must be true unless sms is: there must be a way to reach you");
        }

        fields.ThrowIfAny();
        var before = await NotificationChoice.GetAsync(work.Db, travellerId);
        await work.Db.ExecuteAsync(
            """
            insert into control.traveller_choice (traveller_id, by_email, by_sms) values (@travellerId, @ByEmail, @BySms)
            on conflict (traveller_id) do update set by_email = excluded.by_email, by_sms = excluded.by_sms
            """,
            new { travellerId, after.ByEmail, after.BySms });
        await work.AuditAsync(
            "traveller.notifications_chosen", "traveller:" + travellerId, row.OperatorId, row.OrganisationId,
            row.DepartmentId, before, after);
        return after;
    }

    private static bool Present(Fields fields, string field, bool? value)
    {
        if (value is null)
        {
            fields.Add(field, FieldCode.Required, "is required");
        }

        return value ?? false;
    }
}
