using Authorisation.Core;
using Npgsql;

namespace Authorisation.Ledger.Rows;

/// <summary>Reads operators with their terms.</summary>
internal static class OperatorColumns
{
    public const string Sql = """
        select id, code, currency, time_zone, offers_card_credit, purpose_rule, vat_basis_points, hold_seconds,
               activation_login, country, vat_rates
        from operator
        """;

    public static Operator Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt32(0),
        Code = row.GetString(1),
        Currency = row.GetString(2),
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById(row.GetString(3)),
        OffersCardCredit = row.GetBoolean(4),
        Purpose = (PurposeRule)row.GetInt16(5),
        VatBasisPoints = row.GetInt32(6),
        HoldTime = TimeSpan.FromSeconds(row.GetInt32(7)),
        ActivationLogin = (ActivationLogin)row.GetInt16(8),
        Country = row.GetString(9),
        VatRates = VatRates.InForce(
            row.IsDBNull(10) ? null : row.GetFieldValue<string[]>(10), country: row.GetString(9), ownBasisPoints: row.GetInt32(6)),
    };
}
