using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>The arrays in which new entries are sent to <c>insert.sql</c>: one for each column, in its order.</summary>
internal sealed class EntryParameters
{
    private readonly List<Func<NpgsqlParameter>> _newParameters = [];
    private readonly List<Action> _clear = [];
    private readonly List<Action<AuthorisationEntry>> _append = [];

    public EntryParameters()
    {
        Column(NpgsqlDbType.Uuid, e => e.Purchase.Id);
        Column(NpgsqlDbType.Integer, e => e.Purchase.Instrument.OperatorId);
        Column(NpgsqlDbType.Bigint, e => e.Purchase.Maker.ClientId);
        Column(NpgsqlDbType.Uuid, AccountAskedFor);
        Column(NpgsqlDbType.Text, e => e.Purchase.Instrument.CardNumber);
        Column(NpgsqlDbType.Bigint, e => e.ParticularsId);
        Column(NpgsqlDbType.Smallint, e => (short)e.Decision);
        Column(NpgsqlDbType.Smallint, e => (short)e.DeclineReason);
        Column(NpgsqlDbType.Bigint, e => e.Purchase.AmountMinor);
        Column(NpgsqlDbType.Boolean, e => e.Purchase.Hold);
        Column(NpgsqlDbType.TimestampTz, e => e.ExpiresAt?.UtcDateTime);
        Column(NpgsqlDbType.Integer, e => e.CreditMonth.Number);
        Column(NpgsqlDbType.Integer, e => e.InvoiceMonth.Number);
        Column(NpgsqlDbType.TimestampTz, e => e.DecidedAt.UtcDateTime);
        Column(NpgsqlDbType.Integer, e => e.VatBasisPoints);
        Column(NpgsqlDbType.Text, e => Letter(e.Purchase.VatCategory));
        Column(NpgsqlDbType.Boolean, e => e.Purchase.VatBasisPoints is not null);
        Column(NpgsqlDbType.Text, e => e.Purchase.Purpose);
        Column(NpgsqlDbType.Text, e => e.Purchase.Product);
        Column(NpgsqlDbType.TimestampTz, e => e.Purchase.OccurredAt?.UtcDateTime);
        Column(NpgsqlDbType.Text, e => e.Purchase.Trip?.Vehicle);
        Column(NpgsqlDbType.Text, e => e.Purchase.Trip?.Line);
        Column(NpgsqlDbType.Text, e => e.Purchase.Trip?.Zone);
        Column(NpgsqlDbType.Text, e => e.Purchase.Trip?.Stop);
        Column(NpgsqlDbType.Text, e => e.Purchase.DeviceId);
    }

    /// <summary>Sets the rows, which must be sorted by id.</summary>
    public void Set(IReadOnlyList<AuthorisationEntry> sorted)
    {
        Clear();
        foreach (var entry in sorted)
        {
            Add(entry);
        }
    }

    public void Clear()
    {
        foreach (var clear in _clear)
        {
            clear();
        }
    }

    public void Add(AuthorisationEntry entry)
    {
        foreach (var append in _append)
        {
            append(entry);
        }
    }

    /// <summary>Adds the arrays as the next parameters; what is set later is what is sent.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        // New ones each time: a parameter stays with its first collection, and each new connection has another.
        foreach (var newParameter in _newParameters)
        {
            parameters.Add(newParameter());
        }
    }

    /// <summary>
    /// An app purchase keeps the account that was asked for also when there is no such account, so that a retry can be
    /// compared with it; the missing particulars tell that it was unknown.
    /// </summary>
    private static Guid? AccountAskedFor(AuthorisationEntry entry) =>
        entry.AccountId
        ?? (entry.Purchase.Instrument.Kind == InstrumentKind.App ? entry.Purchase.Instrument.AccountId : null);

    private static string Letter(VatCategory category) => category switch
    {
        VatCategory.Standard => "S",
        VatCategory.ZeroRated => "Z",
        VatCategory.OutsideScope => "O",
        _ => throw new InvalidOperationException($"{category} is not a VAT category."),
    };

    private void Column<T>(NpgsqlDbType type, Func<AuthorisationEntry, T> value)
    {
        var values = new List<T>(Limits.CommitBatchItemsMax);
        _newParameters.Add(() => ArrayParameter.Of(values, type));
        _clear.Add(values.Clear);
        _append.Add(entry => values.Add(value(entry)));
    }
}
