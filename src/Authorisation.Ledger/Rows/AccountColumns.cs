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
    public static CreditMonth FirstOpenMonth(NpgsqlDataReader row) => CreditMonth.FromNumber(row.GetInt32(19));

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
            ParticularsId = row.GetInt64(9),
            CardCreditNotOffered = row.GetBoolean(10),
            Removed = row.GetBoolean(11),
            AwaitsActivation = row.GetBoolean(12),
            Blocked = row.GetBoolean(13),
            OrganisationSuspended = row.GetBoolean(14),
            CardHasTickets = row.GetBoolean(15),
            AllowedProducts = row.IsDBNull(16) ? null : row.GetFieldValue<string[]>(16),
            MaxPurchaseMinor = row.IsDBNull(17) ? null : row.GetInt64(17),
            OrganisationId = row.GetGuid(20),
            OrganisationVersion = row.GetInt64(21),
        };

    private static Instrument InstrumentOf(NpgsqlDataReader row, int operatorId, Guid accountId) => row.IsDBNull(18)
        ? Instrument.App(operatorId, accountId)
        : Instrument.Card(operatorId, row.GetString(18));
}
