using Authorisation.Core;
using Npgsql;

namespace Authorisation.Ledger.Rows;

/// <summary>Reads an entry, the row <c>e</c> of a statement.</summary>
internal static class EntryColumns
{
    private const string Names = """
        e.id, e.operator_id, e.client_id, e.account_id, e.card_number, e.billing_snapshot_id, e.decision, e.decline_reason,
          e.amount_minor, e.hold, e.expires_at, e.credit_month, e.invoice_month, e.decided_at, e.vat_basis_points,
          e.vat_category, e.vat_rate_given, e.purpose, e.product, e.occurred_at, e.vehicle, e.line, e.zone, e.stop, e.device_id, e.declined_by
        """;

    /// <summary>
    /// A statement of this assembly that selects <c>{entry}</c>, with the columns that <see cref="Read"/> reads.
    /// </summary>
    public static string SqlOf(string name) => EmbeddedSql.Read(name).Replace("{entry}", Names, StringComparison.Ordinal);

    public static AuthorisationEntry Read(NpgsqlDataReader row)
    {
        var operatorId = row.GetInt32(1);
        var accountId = Nullable<Guid>(row, 3);
        var cardNumber = Text(row, 4);
        var isUnknown = row.IsDBNull(5);
        var isTombstone = row.IsDBNull(8);
        return new AuthorisationEntry
        {
            Purchase = new Purchase
            {
                Id = row.GetGuid(0),
                Originator = Nullable<long>(row, 2) is { } client ? Originator.Client(client) : Originator.App(accountId!.Value),
                Instrument = cardNumber is not null ? Instrument.Card(operatorId, cardNumber)
                    : isTombstone ? Instrument.None(operatorId)
                    : Instrument.App(operatorId, accountId!.Value),
                AmountMinor = isTombstone ? 0 : row.GetInt64(8),
                Hold = row.GetBoolean(9),
                VatBasisPoints = row.GetBoolean(16) ? row.GetInt32(14) : null,
                VatCategory = VatLetters.Read(row.GetString(15)),
                Purpose = Text(row, 17),
                Product = Text(row, 18),
                OccurredAt = Nullable<DateTimeOffset>(row, 19),
                Trip = ReadTrip(row),
                DeviceId = Text(row, 24),
            },
            AccountId = isUnknown ? null : accountId,
            BillingSnapshotId = Nullable<long>(row, 5),
            Decision = (Decision)row.GetInt16(6),
            DeclineReason = (DeclineReason)row.GetInt16(7),
            DeclinedBy = (RuleOwner)(Nullable<short>(row, 25) ?? 0),
            ExpiresAt = Nullable<DateTimeOffset>(row, 10),
            CreditMonth = CreditMonth.FromNumber(row.GetInt32(11)),
            InvoiceMonth = CreditMonth.FromNumber(row.GetInt32(12)),
            DecidedAt = row.GetFieldValue<DateTimeOffset>(13),
            VatBasisPoints = row.GetInt32(14),
        };
    }

    private static Trip? ReadTrip(NpgsqlDataReader row)
    {
        var trip = new Trip(Text(row, 20), Text(row, 21), Text(row, 22), Text(row, 23));
        return trip == new Trip(null, null, null, null) ? null : trip;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static T? Nullable<T>(NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
