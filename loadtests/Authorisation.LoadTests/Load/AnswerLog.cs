namespace Authorisation.LoadTests.Load;

/// <summary>
/// The ids that were answered with a decision, to be looked for in the ledger afterwards: 16 bytes of the id, most
/// significant first, and one of the decision, each.
/// </summary>
internal sealed class AnswerLog
{
    private const int EntryBytes = 17;
    private const int EntriesInChunk = 64 * 1024;

    private readonly List<byte[]> _full = [];
    private byte[] _current = new byte[EntriesInChunk * EntryBytes];
    private int _used;

    /// <summary>Notes an id and its decision, by the contract's number.</summary>
    public void Add(Guid id, int decision)
    {
        if (_used == _current.Length)
        {
            _full.Add(_current);
            _current = new byte[EntriesInChunk * EntryBytes];
            _used = 0;
        }

        id.TryWriteBytes(_current.AsSpan(_used), bigEndian: true, out _);
        _current[_used + EntryBytes - 1] = (byte)decision;
        _used += EntryBytes;
    }

    /// <summary>Appends everything to a file and forgets it.</summary>
    public void MoveTo(Stream file)
    {
        foreach (var chunk in _full)
        {
            file.Write(chunk);
        }

        file.Write(_current, 0, _used);
        _full.Clear();
        _used = 0;
    }
}
