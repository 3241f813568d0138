using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Operators;

/// <summary>The terms of an operator, as far as administration goes by them.</summary>
internal sealed record OperatorTerms
{
    private const string Sql = """
        select id, code, name, currency, time_zone, country, language, offers_card_credit, offers_app_credit, cap_minor,
               activation_login, sms_sender, vat_basis_points, vat_rates, sms_calling_codes, organisation_sms_per_hour,
               organisation_emails_per_hour
        from operator
        """;

    public required int Id { get; init; }

    public required string Code { get; init; }

    public required string Name { get; init; }

    public required string Currency { get; init; }

    public required string TimeZone { get; init; }

    /// <summary>The time zone whose clocks months and days go by.</summary>
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    public required string Country { get; init; }

    public required string Language { get; init; }

    public required bool OffersCardCredit { get; init; }

    public required bool OffersAppCredit { get; init; }

    public required long? CapMinor { get; init; }

    public required ActivationLogin ActivationLogin { get; init; }

    public required string SmsSender { get; init; }

    /// <summary>The standard rate of VAT of a purchase that names none, in hundredths of a percent.</summary>
    public required int VatBasisPoints { get; init; }

    /// <summary>The rates of VAT that staff chose for purchases; null for those of the country.</summary>
    public string[]? VatRates { get; init; }

    /// <summary>The rates of VAT that purchases may have.</summary>
    public VatRates VatRatesInForce => Core.VatRates.InForce(VatRates, Country, VatBasisPoints);

    /// <summary>The calling codes of the countries that SMS are sent to.</summary>
    public required string[] SmsCallingCodes { get; init; }

    /// <summary>How many SMS one organisation may cause in an hour.</summary>
    public required int OrganisationSmsPerHour { get; init; }

    /// <summary>How many e-mails one organisation may cause in an hour.</summary>
    public required int OrganisationEmailsPerHour { get; init; }

    /// <summary>The numbers that SMS are sent to, as an error says it.</summary>
    public string SmsNumbers => "mobile numbers that begin with " + string.Join(", ", SmsCallingCodes.Select(code => "+" + code));

    /// <summary>Whether SMS are sent to a number.</summary>
    public bool SendsSmsTo(string e164) => SmsCallingCodes.Any(code => e164.AsSpan(1).StartsWith(code, StringComparison.Ordinal));

    /// <summary>Reads a mobile number that SMS go to; null where none is given, or with an error where it is none.</summary>
    public string? MobileForSms(Fields fields, string field, string? value)
    {
        var mobile = fields.Mobile(field, value, Country);
        if (mobile is null || SendsSmsTo(mobile))
        {
            return mobile;
        }

        fields.Add(field, FieldCode.NotPossible, $"must be a number for SMS, one of the {SmsNumbers}");
        return null;
    }

    /// <summary>All operators, the oldest first.</summary>
    public static async Task<IReadOnlyList<OperatorTerms>> ListAsync(NpgsqlConnection db) =>
        [.. await db.QueryAsync<OperatorTerms>(Sql + " order by id")];

    public static Task<OperatorTerms> GetAsync(NpgsqlConnection db, int id) =>
        db.QuerySingleAsync<OperatorTerms>(Sql + " where id = @id", new { id });

    /// <summary>The operator of a code, for its staff.</summary>
    /// <exception cref="RefusedException">The principal is not staff of an operator with this code.</exception>
    public static async Task<OperatorTerms> GetVisibleAsync(UnitOfWork work, string code) =>
        await FindAsync(work.Db, code) is { } terms && work.Principal.StaffOf.Contains(terms.Id)
            ? terms
            : throw Problems.NotFound();

    public static async Task<OperatorTerms?> FindAsync(NpgsqlConnection db, string code) =>
        await db.QuerySingleOrDefaultAsync<OperatorTerms>(Sql + " where code = @code", new { code });
}
