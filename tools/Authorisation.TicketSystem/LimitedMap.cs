namespace Authorisation.TicketSystem;

/// <summary>The last so many things by their keys; the oldest is forgotten first. For one thread at a time.</summary>
/// <param name="most">How many.</param>
internal sealed class LimitedMap<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly OrderedDictionary<TKey, TValue> _kept = [];

    /// <summary>What is kept, the oldest first.</summary>
    public IEnumerable<TValue> Values => _kept.Values;

    /// <summary>Whether something is kept under a key.</summary>
    public bool Has(TKey key) => _kept.ContainsKey(key);

    /// <summary>What is kept under a key; the type's default for nothing.</summary>
    public TValue? Find(TKey key) => _kept.GetValueOrDefault(key);

    /// <summary>Keeps something, where the key was before or at the end.</summary>
    public void Set(TKey key, TValue value)
    {
        _kept[key] = value;
        if (_kept.Count > most)
        {
            _kept.RemoveAt(0);
        }
    }

    /// <summary>Forgets what is kept under a key.</summary>
    public void Remove(TKey key) => _kept.Remove(key);
}
