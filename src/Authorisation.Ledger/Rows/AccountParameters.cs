using Authorisation.Core;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Rows;

/// <summary>The four arrays in which accounts are asked for: sent to <c>lock.sql</c> and <c>accounts.sql</c>.</summary>
internal sealed class AccountParameters
{
    /// <summary>
    /// Asks for an account itself, as <see cref="InstrumentKind"/> asks for what is on an instrument.
    /// </summary>
    private const short AccountItself = 3;

    private readonly List<int> _operators = [];
    private readonly List<short> _kinds = [];
    private readonly List<string?> _cardNumbers = [];
    private readonly List<Guid?> _accountIds = [];

    public void Set(IEnumerable<AccountKey> keys)
    {
        _operators.Clear();
        _kinds.Clear();
        _cardNumbers.Clear();
        _accountIds.Clear();
        foreach (var key in keys)
        {
            Add(key);
        }
    }

    public void Add(AccountKey key)
    {
        var instrument = key.Instrument;
        _operators.Add(instrument.OperatorId);
        _kinds.Add(key.AccountId is null ? (short)instrument.Kind : AccountItself);
        _cardNumbers.Add(instrument.CardNumber);
        _accountIds.Add(key.AccountId ?? (instrument.Kind == InstrumentKind.App ? instrument.AccountId : null));
    }

    /// <summary>Adds the arrays as the next four parameters; what is set later is what is sent.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(ArrayParameter.Of(_operators, NpgsqlDbType.Integer));
        parameters.Add(ArrayParameter.Of(_kinds, NpgsqlDbType.Smallint));
        parameters.Add(ArrayParameter.Of(_cardNumbers, NpgsqlDbType.Text));
        parameters.Add(ArrayParameter.Of(_accountIds, NpgsqlDbType.Uuid));
    }
}
