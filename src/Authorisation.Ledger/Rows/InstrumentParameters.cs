using Authorisation.Core;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Rows;

/// <summary>The four arrays in which instruments are sent to <c>lock.sql</c> and <c>accounts.sql</c>.</summary>
internal sealed class InstrumentParameters
{
    private readonly List<int> _operators = [];
    private readonly List<short> _kinds = [];
    private readonly List<string?> _cardNumbers = [];
    private readonly List<Guid?> _accountIds = [];

    public void Set(IEnumerable<Instrument> instruments)
    {
        _operators.Clear();
        _kinds.Clear();
        _cardNumbers.Clear();
        _accountIds.Clear();
        foreach (var instrument in instruments)
        {
            Add(instrument);
        }
    }

    public void Add(Instrument instrument)
    {
        _operators.Add(instrument.OperatorId);
        _kinds.Add((short)instrument.Kind);
        _cardNumbers.Add(instrument.CardNumber);
        _accountIds.Add(instrument.Kind == InstrumentKind.App ? instrument.AccountId : null);
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
