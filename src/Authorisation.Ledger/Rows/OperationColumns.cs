using Authorisation.Core;
using Npgsql;

namespace Authorisation.Ledger.Rows;

/// <summary>Reads the columns of <c>operations.sql</c>, in its order.</summary>
internal static class OperationColumns
{
    public static OperationEntry Read(NpgsqlDataReader row) => new()
    {
        Request = new Operation
        {
            Id = row.GetGuid(0),
            AuthorisationId = row.GetGuid(1),
            Kind = (OperationKind)row.GetInt16(4),
            // Which kind of client it was is of no more use: what it might do was asked when it did it.
            By = new Actor(
                new Originator(row.IsDBNull(5) ? null : row.GetInt64(5), row.IsDBNull(6) ? Guid.Empty : row.GetGuid(6)), Kind: null),
            AmountMinor = row.IsDBNull(7) ? null : row.GetInt64(7),
            Reason = row.IsDBNull(8) ? null : row.GetString(8),
            MadeOffline = row.GetBoolean(9),
        },
        Ordinal = row.GetInt32(2),
        StateAfter = (AuthorisationState)row.GetInt16(10),
        AmountMinor = row.GetInt64(11),
        SpentMinor = row.GetInt64(12),
        HeldMinor = row.GetInt64(13),
        InvoicedMinor = row.GetInt64(14),
        AccountId = row.IsDBNull(15) ? null : row.GetGuid(15),
        BillingSnapshotId = row.IsDBNull(16) ? null : row.GetInt64(16),
        CreditMonth = CreditMonth.FromNumber(row.GetInt32(17)),
        InvoiceMonth = CreditMonth.FromNumber(row.GetInt32(18)),
        MadeAt = row.GetFieldValue<DateTimeOffset>(19),
        OverLimit = row.GetBoolean(20),
    };
}
