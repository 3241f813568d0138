using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.GroupCommit;

/// <summary>The arrays in which new balances are sent to <c>update.sql</c>: one for each column, in its order.</summary>
internal sealed class BalanceParameters
{
    private readonly List<Guid> _ids = [];
    private readonly List<int> _months = [];
    private readonly List<long> _spent = [];
    private readonly List<long> _held = [];
    private readonly List<DateTime?> _nextHoldExpiries = [];
    private readonly List<long> _versions = [];

    public void Set(IReadOnlyList<AccountInBatch> accounts)
    {
        Clear();
        foreach (var changed in accounts)
        {
            if (changed is { IsChanged: true, Account: { } account })
            {
                Add(account);
            }
        }
    }

    public void Clear()
    {
        _ids.Clear();
        _months.Clear();
        _spent.Clear();
        _held.Clear();
        _nextHoldExpiries.Clear();
        _versions.Clear();
    }

    public void Add(CreditAccount account)
    {
        _ids.Add(account.Id);
        _months.Add(account.Balance.Month.Number);
        _spent.Add(account.Balance.SpentMinor);
        _held.Add(account.Balance.HeldMinor);
        _nextHoldExpiries.Add(account.Balance.NextHoldExpiry?.UtcDateTime);
        _versions.Add(account.Version);
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        Add(_ids, NpgsqlDbType.Uuid);
        Add(_months, NpgsqlDbType.Integer);
        Add(_spent, NpgsqlDbType.Bigint);
        Add(_held, NpgsqlDbType.Bigint);
        Add(_nextHoldExpiries, NpgsqlDbType.TimestampTz);
        Add(_versions, NpgsqlDbType.Bigint);

        void Add<T>(List<T> values, NpgsqlDbType type) => parameters.Add(ArrayParameter.Of(values, type));
    }
}
