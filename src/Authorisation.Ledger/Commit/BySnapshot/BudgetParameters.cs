using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Commit.BySnapshot;

/// <summary>
/// What a batch buys of organisations that have budgets: the last four parameters of <c>by_snapshot.sql</c>. Used by one
/// lane at a time.
/// </summary>
internal sealed class BudgetParameters
{
    private readonly List<long> _billingSnapshots = [];
    private readonly List<int> _months = [];
    private readonly List<long> _amounts = [];
    private readonly List<int> _places = [];

    /// <summary>Forgets what was added.</summary>
    public void Clear()
    {
        _billingSnapshots.Clear();
        _months.Clear();
        _amounts.Clear();
        _places.Clear();
    }

    /// <summary>Adds an approved purchase on the account that has a place in the answer.</summary>
    public void Add(AuthorisationEntry entry, int place)
    {
        _billingSnapshots.Add(entry.BillingSnapshotId!.Value);
        _months.Add(entry.CreditMonth.Number);
        _amounts.Add(entry.Purchase.AmountMinor);
        _places.Add(place);
    }

    /// <summary>Adds the arrays as the next four parameters; what is added later is what is sent.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(ArrayParameter.Of(_billingSnapshots, NpgsqlDbType.Bigint));
        parameters.Add(ArrayParameter.Of(_months, NpgsqlDbType.Integer));
        parameters.Add(ArrayParameter.Of(_amounts, NpgsqlDbType.Bigint));
        parameters.Add(ArrayParameter.Of(_places, NpgsqlDbType.Integer));
    }
}
