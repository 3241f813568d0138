using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Operators;

/// <summary>What became of an operator whose terms were set.</summary>
internal enum OperatorOutcome
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>Some of its terms are others now.</summary>
    Changed,

    /// <summary>It had these terms already.</summary>
    Unchanged,
}

/// <summary>
/// Makes an operator, or changes the terms that are given of the one that has the code. Those who run the service do
/// it, by command. It holds for every purchase that is decided once the change is committed.
/// </summary>
internal sealed class SetOperator
{
    /// <exception cref="RefusedException">A field is wrong, or cannot be changed any more.</exception>
    public async Task<OperatorOutcome> RunAsync(UnitOfWork work, string code, OperatorChange change)
    {
        // Two that make the same operator follow each other, so that the second one sees what it changes.
        await work.Db.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended('create-operator ' || @code, 1))", new { code });
        var before = await work.Db.QuerySingleOrDefaultAsync<OperatorRow>(
            """
            select code, name, currency, time_zone, country, language, activation_login as login,
                   purpose_rule as purpose, offers_card_credit, offers_app_credit, cap_minor, vat_basis_points, hold_seconds, sms_sender,
                   array_to_string(sms_calling_codes, ',') as sms_calling_codes, organisation_sms_per_hour,
                   organisation_emails_per_hour, trip_visibility, retention_months, app_link
            from operator where code = @code for no key update
            """,
            new { code });
        var fields = new Fields();
        var after = change.AppliedTo(code, before, fields);
        if (before is not null && after.Country != before.Country && await HasCustomersAsync(work, code))
        {
            fields.Add(
                "country", FieldCode.NotPossible,
                $"stays {before.Country}: organisation numbers and invoices of its customers are that country's");
        }

        fields.ThrowIfAny();
        if (after == before)
        {
            return OperatorOutcome.Unchanged;
        }

        var id = await SaveAsync(work, after);
        await work.AuditAsync(
            before is null ? "operator.created" : "operator.changed",
            "operator:" + code,
            id,
            before: before,
            after: after);
        return before is null ? OperatorOutcome.Created : OperatorOutcome.Changed;
    }

    private static Task<int> SaveAsync(UnitOfWork work, OperatorRow row) => work.Db.ExecuteScalarAsync<int>(
        """
        insert into operator
          (code, name, currency, time_zone, country, language, activation_login, purpose_rule, offers_card_credit,
           offers_app_credit, cap_minor, vat_basis_points, hold_seconds, sms_sender, sms_calling_codes,
           organisation_sms_per_hour, organisation_emails_per_hour, trip_visibility, retention_months, app_link)
        values (@Code, @Name, @Currency, @TimeZone, @Country, @Language, @Login, @Purpose, @OffersCardCredit,
                @OffersAppCredit, @CapMinor, @VatBasisPoints, @HoldSeconds, @SmsSender,
                string_to_array(@SmsCallingCodes, ','), @OrganisationSmsPerHour, @OrganisationEmailsPerHour, @TripVisibility,
                @RetentionMonths, @AppLink)
        on conflict (code) do update
        set name = excluded.name, time_zone = excluded.time_zone, country = excluded.country,
            language = excluded.language,
            activation_login = excluded.activation_login, purpose_rule = excluded.purpose_rule,
            offers_card_credit = excluded.offers_card_credit, offers_app_credit = excluded.offers_app_credit,
            cap_minor = excluded.cap_minor, vat_basis_points = excluded.vat_basis_points,
            hold_seconds = excluded.hold_seconds, sms_sender = excluded.sms_sender,
            sms_calling_codes = excluded.sms_calling_codes,
            organisation_sms_per_hour = excluded.organisation_sms_per_hour,
            organisation_emails_per_hour = excluded.organisation_emails_per_hour,
            trip_visibility = excluded.trip_visibility, retention_months = excluded.retention_months,
            app_link = excluded.app_link
        returning id
        """,
        row);

    // An application has a number of the country, too.
    private static Task<bool> HasCustomersAsync(UnitOfWork work, string code) => work.Db.ExecuteScalarAsync<bool>(
        """
        select exists (select from organisation g join operator o on o.id = g.operator_id where o.code = @code)
            or exists (select from billing.invoicing i join operator o on o.id = i.operator_id where o.code = @code)
        """,
        new { code });
}
