using Npgsql;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// Rows as one parameter that is an array of a composite type. The rows are used again from batch to batch. Used by one
/// lane at a time.
/// </summary>
/// <typeparam name="TRow">The class that is mapped to the type.</typeparam>
/// <param name="type">The type's name in Postgres.</param>
internal sealed class RowArray<TRow>(string type)
    where TRow : new()
{
    private readonly List<TRow> _sent = [];
    private readonly List<TRow> _all = [];

    /// <summary>Forgets the rows.</summary>
    public void Clear() => _sent.Clear();

    /// <summary>Adds a row, whose values are those of an earlier batch until they are set.</summary>
    public TRow Add()
    {
        if (_sent.Count == _all.Count)
        {
            _all.Add(new TRow());
        }

        var row = _all[_sent.Count];
        _sent.Add(row);
        return row;
    }

    /// <summary>
    /// The parameter, a new one each time, as one stays with its first connection; what is added later is what is sent.
    /// </summary>
    public NpgsqlParameter ToParameter() => new NpgsqlParameter<List<TRow>> { TypedValue = _sent, DataTypeName = type + "[]" };
}
