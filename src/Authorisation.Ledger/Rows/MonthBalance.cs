using Authorisation.Core;
using Npgsql;

namespace Authorisation.Ledger.Rows;

/// <summary>What an account had used of a month, summed from the month's rows: <c>month_balance.sql</c>.</summary>
internal static class MonthBalance
{
    public static string Sql { get; } = EmbeddedSql.Read("Rows.month_balance.sql");

    public static async Task<Balance> ReadAsync(NpgsqlDataReader reader, CreditMonth month)
    {
        await reader.ReadAsync();
        return new Balance(
            month,
            reader.GetInt64(0),
            reader.GetInt64(1),
            reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2));
    }
}
