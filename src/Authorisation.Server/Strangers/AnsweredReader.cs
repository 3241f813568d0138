using System.Buffers;
using System.IO.Pipelines;
using Authorisation.Core;
using Microsoft.AspNetCore.Connections;

namespace Authorisation.Server.Strangers;

/// <summary>
/// What a stranger's calls are read from, above TLS: a few of them at once, and more only when those are answered. A call can
/// be 15 bytes long and makes the server keep a thousand times as much.
/// </summary>
/// <remarks>HTTP/2's alone, which reads one read at a time; how the client stands is asked of its connection, which is safe.</remarks>
internal sealed class AnsweredReader(ClientConnection client, IDuplexPipe transport) : PipeReader, IDuplexPipe
{
    private readonly PipeReader _input = transport.Input;
    private volatile bool _isCanceled;
    private bool _isEmpty;

    /// <inheritdoc/>
    public PipeReader Input => this;

    /// <inheritdoc/>
    public PipeWriter Output { get; } = transport.Output;

    /// <summary>The part of a connection that reads so, the last before HTTP/2.</summary>
    public static ConnectionDelegate Around(ConnectionDelegate next) => connection =>
    {
        var client = connection.Features.Get<ClientConnection>()!;
        connection.Transport = new AnsweredReader(client, connection.Transport);
        return next(connection);
    };

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _isEmpty = false;
        return client.IsKnown ? _input.ReadAsync(cancellationToken) : ReadAsStrangerAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return client.IsKnown && _input.TryRead(out result);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isEmpty)
        {
            _input.AdvanceTo(consumed, examined);
        }

        _isEmpty = false;
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _input.CancelPendingRead();
        _isCanceled = true;
        client.Change();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _input.Complete(exception);

    private async ValueTask<ReadResult> ReadAsStrangerAsync(CancellationToken cancellationToken)
    {
        if (!await client.AreAnsweredAsync(() => _isCanceled, cancellationToken))
        {
            (_isEmpty, var isCanceled, _isCanceled) = (true, _isCanceled, false);
            return new ReadResult(default, isCanceled, isCompleted: client.IsClosed);
        }

        var result = await _input.ReadAsync(cancellationToken);
        return client.IsKnown || result.Buffer.Length <= Limits.StrangerReadBytesMax
            ? result
            : new ReadResult(result.Buffer.Slice(0, Limits.StrangerReadBytesMax), result.IsCanceled, isCompleted: false);
    }
}
