using System.Collections.Concurrent;

namespace Authorisation.LoadTests.Load;

/// <summary>What a run of changes in bulk measures.</summary>
internal enum BulkPart
{
    /// <summary>Nothing: what a change left to be done is still being done.</summary>
    Nothing,

    /// <summary>Nothing is changed.</summary>
    Without,

    /// <summary>The organisation gets another name.</summary>
    Rename,

    /// <summary>The organisation is suspended and reinstated.</summary>
    Suspension,
}

/// <summary>A stretch of a run.</summary>
/// <param name="Round">Which repetition it belongs to, from 0.</param>
/// <param name="Part">What is measured in it.</param>
/// <param name="IsSuspended">Whether the organisation is suspended; null while that is being changed.</param>
internal sealed record BulkStretch(int Round, BulkPart Part, bool? IsSuspended);

/// <summary>The stretches of a run, so far.</summary>
/// <remarks>
/// Written by one thread, read by all that send. A stretch is added before its number can be seen, so a reader of the
/// number finds the stretch.
/// </remarks>
internal sealed class BulkChanges
{
    private readonly ConcurrentDictionary<int, BulkStretch> _stretches = new()
    {
        [0] = new BulkStretch(0, BulkPart.Nothing, IsSuspended: false),
    };

    private int _current;

    /// <summary>The number of the stretch that it is.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>A stretch by its number.</summary>
    public BulkStretch Of(int number) => _stretches[number];

    /// <summary>Begins the next stretch.</summary>
    public void Begin(BulkStretch next)
    {
        _stretches[_current + 1] = next;
        Volatile.Write(ref _current, _current + 1);
    }
}
