using Authorisation.Core;
using Npgsql;

namespace Authorisation.Ledger.Rows;

/// <summary>Reads the columns of <c>accounts.sql</c>, in its order.</summary>
internal static class AccountColumns
{
    /// <summary>Which of the instruments that were asked for the row answers, from 0.</summary>
    public static int Index(NpgsqlDataReader row) => (int)row.GetInt64(0) - 1;

    public static DateTimeOffset Now(NpgsqlDataReader row) => row.GetFieldValue<DateTimeOffset>(1);

    /// <summary>The first month of the instrument's operator whose invoices are open.</summary>
    public static CreditMonth FirstOpenMonth(NpgsqlDataReader row) => CreditMonth.FromNumber(row.GetInt32(23));

    /// <summary>The account that was asked for; <see langword="null"/> when there is none.</summary>
    /// <param name="row">The row.</param>
    /// <param name="asked">What was asked for.</param>
    /// <param name="known">Rules that were read before, which are shared by the accounts that have the same.</param>
    public static LedgerAccount? Read(NpgsqlDataReader row, AccountKey asked, KnownRules known) => row.IsDBNull(2)
        ? null
        : new LedgerAccount
        {
            Id = row.GetGuid(2),
            Instrument = asked.AccountId is { } id ? InstrumentOf(row, asked.Instrument.OperatorId, id) : asked.Instrument,
            Version = row.GetInt64(3),
            LimitMinor = row.GetInt64(4),
            Balance = new Balance(
                CreditMonth.FromNumber(row.GetInt32(5)),
                row.GetInt64(6),
                row.GetInt64(7),
                row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8)),
            BillingSnapshotId = row.GetInt64(9),
            Removed = row.GetBoolean(10),
            AwaitsActivation = row.GetBoolean(11),
            Blocked = row.GetBoolean(12),
            CardHasTickets = row.GetBoolean(13),
            Rules = row.IsDBNull(14) ? null : known.Of(row.GetString(14)),
            Today = row.IsDBNull(17) ? null : new DaySpending(row.GetInt32(17), row.GetInt64(15), row.GetInt64(16)),
            Dates = ReadDates(row),
            OrganisationId = row.GetGuid(24),
            BillingSnapshotVersion = row.GetInt64(26),
            RulesVersion = row.GetInt64(27),
        }.In(new OrganisationState(
            row.GetInt64(25), row.GetInt64(26), row.GetInt64(27), row.GetBoolean(28), row.GetBoolean(29), row.GetBoolean(30)));

    private static CreditDates? ReadDates(NpgsqlDataReader row)
    {
        var hasExtra = !row.IsDBNull(20);
        return row.IsDBNull(18) && row.IsDBNull(19) && !hasExtra
            ? null
            : new CreditDates(
                row.IsDBNull(18) ? null : row.GetFieldValue<DateOnly>(18),
                row.IsDBNull(19) ? null : row.GetFieldValue<DateOnly>(19),
                CreditMonth.FromNumber(hasExtra ? row.GetInt32(20) : 0),
                hasExtra ? row.GetInt64(21) : 0);
    }

    private static Instrument InstrumentOf(NpgsqlDataReader row, int operatorId, Guid accountId) => row.IsDBNull(22)
        ? Instrument.App(operatorId, accountId)
        : Instrument.Card(operatorId, row.GetString(22));
}
