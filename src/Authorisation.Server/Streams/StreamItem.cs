using System.Diagnostics;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.V1;

namespace Authorisation.Server.Streams;

/// <summary>
/// One request of a stream on its way to its answer. Safe to share: the first thread to end it, by an atomic exchange,
/// answers it; the rest is written before it is passed on, inside the stream's gate.
/// </summary>
internal sealed class StreamItem(PurchaseStream stream, ulong index, string id, Operator terms, long takenAt) : ICommitReceiver
{
    private int _isOver;

    /// <summary>Its place in the stream, from 0.</summary>
    public ulong Index { get; } = index;

    /// <summary>The id as it was sent; empty if it was longer than an id is.</summary>
    public string Id { get; } = id;

    /// <summary>The operator's terms when it was read.</summary>
    public Operator Terms { get; } = terms;

    /// <summary>When it was read, by the time provider's timestamp.</summary>
    public long TakenAt { get; } = takenAt;

    /// <summary>What is asked; <see langword="null"/> for a request that is in error.</summary>
    public Purchase? Purchase { get; init; }

    /// <inheritdoc/>
    public Activity? Trace { get; init; }

    /// <summary>What is wrong with the request.</summary>
    public CallError? Error { get; init; }

    /// <summary>What the ledger answered.</summary>
    public CommitResult? Result { get; set; }

    /// <summary>Where it stands among those that wait; of the stream's gate.</summary>
    public int Place { get; set; }

    /// <inheritdoc/>
    public bool IsAbandoned => Volatile.Read(ref _isOver) != 0;

    /// <inheritdoc/>
    public void Receive(CommitResult result)
    {
        if (TryEnd())
        {
            stream.Answer(this, result);
        }
    }

    /// <summary>True for the first thread that ends it; false for all others.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _isOver, 1) == 0;
}
