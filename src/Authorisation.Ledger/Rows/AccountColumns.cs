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
    public static CreditMonth FirstOpenMonth(NpgsqlDataReader row) => CreditMonth.FromNumber(row.GetInt32(17));

    /// <summary>The account that was asked for; <see langword="null"/> when there is none.</summary>
    public static LedgerAccount? Read(NpgsqlDataReader row, AccountKey asked) => row.IsDBNull(2)
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
            AllowedProducts = row.IsDBNull(14) ? null : row.GetFieldValue<string[]>(14),
            MaxPurchaseMinor = row.IsDBNull(15) ? null : row.GetInt64(15),
            OrganisationId = row.GetGuid(18),
            BillingSnapshotVersion = row.GetInt64(20),
        }.In(new OrganisationState(row.GetInt64(19), row.GetInt64(20), row.GetBoolean(21), row.GetBoolean(22)));

    private static Instrument InstrumentOf(NpgsqlDataReader row, int operatorId, Guid accountId) => row.IsDBNull(16)
        ? Instrument.App(operatorId, accountId)
        : Instrument.Card(operatorId, row.GetString(16));
}
