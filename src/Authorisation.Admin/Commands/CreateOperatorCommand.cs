using System.CommandLine;
using Authorisation.Admin.Settings;
using Authorisation.Administration.Access;
using Authorisation.Hosting.Settings;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Makes an operator, or changes the terms that are given of the one that has the code.</summary>
internal static class CreateOperatorCommand
{
    public static Command Create()
    {
        var options = new OperatorOptions();
        var connection = ConnectionOption.Create();
        var command = new Command(
            "create-operator",
            "Make an operator; or, of the one that has the code, change what is given and nothing else. Defaults are a new operator's.");
        foreach (var option in options.All)
        {
            command.Add(option);
        }

        command.Add(connection);
        command.SetAction((parsed, _) => ConnectionOption.RunAsync(
            parsed.GetValue(connection),
            source => SaveAsync(source, parsed.GetRequiredValue(options.Code), before => options.TermsOf(parsed, before))));
        return command;
    }

    private static async Task<string> SaveAsync(NpgsqlDataSource source, string code, Func<OperatorRow?, OperatorRow> change)
    {
        await using var db = await source.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        // Two that make the same operator follow each other, so that the second one sees what it changes.
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('create-operator ' || @code, 1))", new { code });
        var before = await db.QuerySingleOrDefaultAsync<OperatorRow>(
            """
            select code, name, currency, time_zone as timezone, country, language, activation_login as login,
                   purpose_rule as purpose, offers_card_credit as offerscardcredit, offers_app_credit as offersappcredit,
                   cap_minor as capminor, vat_basis_points as vatbasispoints, hold_seconds as holdseconds,
                   sms_sender as smssender, array_to_string(sms_calling_codes, ',') as smscallingcodes,
                   organisation_sms_per_hour as organisationsmsperhour, organisation_emails_per_hour as organisationemailsperhour
            from operator where code = @code for no key update
            """,
            new { code });
        var after = change(before);
        if (after == before)
        {
            return $"Operator {code} has these terms already.";
        }

        if (before is not null && after.Country != before.Country && await HasCustomersAsync(db, code))
        {
            throw new SettingException(
                "--country", $"stays {before.Country}: organisation numbers and invoices of its customers are that country's");
        }

        var id = await db.ExecuteScalarAsync<int>(
            """
            insert into operator
              (code, name, currency, time_zone, country, language, activation_login, purpose_rule, offers_card_credit,
               offers_app_credit, cap_minor, vat_basis_points, hold_seconds, sms_sender, sms_calling_codes,
               organisation_sms_per_hour, organisation_emails_per_hour)
            values (@Code, @Name, @Currency, @TimeZone, @Country, @Language, @Login, @Purpose, @OffersCardCredit,
                    @OffersAppCredit, @CapMinor, @VatBasisPoints, @HoldSeconds, @SmsSender, string_to_array(@SmsCallingCodes, ','),
                    @OrganisationSmsPerHour, @OrganisationEmailsPerHour)
            on conflict (code) do update
            set name = excluded.name, time_zone = excluded.time_zone, country = excluded.country, language = excluded.language,
                activation_login = excluded.activation_login, purpose_rule = excluded.purpose_rule,
                offers_card_credit = excluded.offers_card_credit, offers_app_credit = excluded.offers_app_credit,
                cap_minor = excluded.cap_minor, vat_basis_points = excluded.vat_basis_points,
                hold_seconds = excluded.hold_seconds, sms_sender = excluded.sms_sender,
                sms_calling_codes = excluded.sms_calling_codes,
                organisation_sms_per_hour = excluded.organisation_sms_per_hour,
                organisation_emails_per_hour = excluded.organisation_emails_per_hour
            returning id
            """,
            after);
        await new UnitOfWork(db, principal: null, address: null).AuditAsync(
            before is null ? "operator.created" : "operator.changed", "operator:" + code, id, before: before, after: after);
        await transaction.CommitAsync();
        return before is null
            ? $"Operator {code} is there. Its first staff member: create-staff --operator {code} --email …"
            : $"Operator {code} is changed.";
    }

    // An application has a number of the country, too.
    private static Task<bool> HasCustomersAsync(NpgsqlConnection db, string code) => db.ExecuteScalarAsync<bool>(
        """
        select exists (select from organisation g join operator o on o.id = g.operator_id where o.code = @code)
            or exists (select from billing.invoicing i join operator o on o.id = i.operator_id where o.code = @code)
        """,
        new { code });
}
