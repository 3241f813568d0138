using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Admin.Organisations;

/// <summary>The terms of an operator, as far as administration goes by them.</summary>
internal sealed record OperatorTerms
{
    private const string Sql = """
        select id, code, name, currency, time_zone, country, language, offers_card_credit, offers_app_credit, cap_minor,
               activation_login, sms_sender, vat_basis_points, vat_rates
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

    public static Task<OperatorTerms> GetAsync(NpgsqlConnection db, int id) =>
        db.QuerySingleAsync<OperatorTerms>(Sql + " where id = @id", new { id });

    public static async Task<OperatorTerms?> FindAsync(NpgsqlConnection db, string code) =>
        await db.QuerySingleOrDefaultAsync<OperatorTerms>(Sql + " where code = @code", new { code });
}
