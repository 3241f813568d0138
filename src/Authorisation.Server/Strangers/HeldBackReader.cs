using System.IO.Pipelines;

namespace Authorisation.Server.Strangers;

/// <summary>
/// What a connection is read from, held back as long as its client is a stranger: a read can end with nothing, of which
/// nothing is taken from the transport below.
/// </summary>
/// <remarks>The protocol above reads, one read at a time; anybody may cancel that.</remarks>
public abstract class HeldBackReader(IDuplexPipe transport) : PipeReader, IDuplexPipe
{
    private volatile bool _isCanceled;
    private bool _isEmpty;

    /// <inheritdoc/>
    public PipeReader Input => this;

    /// <inheritdoc/>
    public PipeWriter Output { get; } = transport.Output;

    /// <summary>Whether a call on the connection has shown a good token, after which nothing is held back.</summary>
    public abstract bool IsKnown { get; }

    /// <summary>What is held back.</summary>
    private protected PipeReader Below { get; } = transport.Input;

    /// <summary>Whether the read that waits is to end with nothing.</summary>
    private protected bool IsCanceled => _isCanceled;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _isEmpty = false;
        return IsKnown ? Below.ReadAsync(cancellationToken) : ReadAsStrangerAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isEmpty)
        {
            Take(consumed);
            Below.AdvanceTo(consumed, examined);
        }

        _isEmpty = false;
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        Below.CancelPendingRead();
        _isCanceled = true;
        Change();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => Below.Complete(exception);

    /// <summary>Makes the waiting tasks check again.</summary>
    internal abstract void Change();

    private protected abstract ValueTask<ReadResult> ReadAsStrangerAsync(CancellationToken cancellationToken);

    /// <summary>Notes up to where what was read is taken.</summary>
    private protected virtual void Take(SequencePosition consumed)
    {
    }

    /// <summary>A read that ends with nothing, as it was cancelled or the connection is closed.</summary>
    private protected ReadResult Nothing(bool isClosed)
    {
        (_isEmpty, var isCanceled, _isCanceled) = (true, _isCanceled, false);
        return new ReadResult(default, isCanceled, isCompleted: isClosed);
    }
}
