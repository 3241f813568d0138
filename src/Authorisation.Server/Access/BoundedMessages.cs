using System.Buffers;
using System.IO.Pipelines;
using Authorisation.Core;
using Authorisation.Server.Calls;
using Authorisation.Server.Contract;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Authorisation.Server.Access;

/// <summary>
/// The body of a call, read for no longer than <see cref="Limits.MessageTime"/> for each message. The only message of a
/// call has its time from the beginning on; a stream may be silent for as long as it likes, but not in the midst of a
/// message.
/// </summary>
/// <remarks>Of one call, which reads it one read at a time.</remarks>
internal sealed class BoundedMessages : PipeReader, IRequestBodyPipeFeature
{
    private const int PrefixBytes = 5;

    private readonly PipeReader _body;
    private readonly TimeProvider _time;
    private readonly bool _isSingle;
    private readonly int _bytesMax;
    private ReadOnlySequence<byte> _read;

    // Whether the reader has seen a part of a message and waits for the rest; and since when it waits, 0 if not yet.
    private bool _hasPart;
    private long _since;

    private BoundedMessages(PipeReader body, bool isSingle, int bytesMax, TimeProvider time)
    {
        (_body, _isSingle, _bytesMax, _time) = (body, isSingle, bytesMax, time);
        _since = isSingle ? time.GetTimestamp() : 0;
    }

    /// <inheritdoc/>
    public PipeReader Reader => this;

    /// <summary>Has a call's body read within bounds.</summary>
    /// <param name="http">The call.</param>
    /// <param name="isSingle">Whether it has one message.</param>
    /// <param name="bytesMax">How long its one message may be; what serves gRPC bounds those of a stream.</param>
    /// <param name="time">The clock of waits.</param>
    public static void Put(HttpContext http, bool isSingle, int bytesMax, TimeProvider time) =>
        http.Features.Set<IRequestBodyPipeFeature>(new BoundedMessages(http.Request.BodyReader, isSingle, bytesMax, time));

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        try
        {
            if (!_body.TryRead(out result))
            {
                return false;
            }
        }
        catch (IOException e)
        {
            throw Lost(e);
        }

        _read = result.Buffer;
        Check();
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        TryRead(out var result) ? ValueTask.FromResult(result)
        : _isSingle || _hasPart ? ReadInTimeAsync(cancellationToken)
        : ReadNextAsync(cancellationToken);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isSingle)
        {
            // The reader examined more than it consumed: it waits for the rest of a message.
            _hasPart = !consumed.Equals(examined) && !_read.Slice(consumed, examined).IsEmpty;
            _since = _hasPart && consumed.Equals(_read.Start) ? _since : 0;
        }

        _read = default;
        try
        {
            _body.AdvanceTo(consumed, examined);
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => _body.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _body.Complete(exception);

    private async ValueTask<ReadResult> ReadInTimeAsync(CancellationToken cancellationToken)
    {
        if (_since == 0)
        {
            _since = _time.GetTimestamp();
        }

        var left = Limits.MessageTime - _time.GetElapsedTime(_since);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        try
        {
            return await ReadNextAsync(late.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Errors.DeadlineExceeded(
                "MESSAGE_TIMEOUT", $"A message must arrive within {Limits.MessageTime.TotalSeconds:0} s. Nothing of it was done.");
        }
    }

    private async ValueTask<ReadResult> ReadNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await _body.ReadAsync(cancellationToken);
            _read = result.Buffer;
            Check();
            return result;
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
    }

    /// <summary>Checks what was read, which begins at a message's start: the reader consumes whole messages.</summary>
    private void Check()
    {
        if (_isSingle && _read.Length > _bytesMax + PrefixBytes)
        {
            throw Errors.ResourceExhausted("MESSAGE_TOO_LONG", $"The message of this call may have {_bytesMax} bytes at most.");
        }

        if (Messages.WhatIsWrongWith(_read) is { } wrong)
        {
            throw wrong;
        }
    }

    /// <summary>
    /// What a broken body means. The call may not know yet that its client is gone, and would then log an error.
    /// </summary>
    private static RpcException Lost(IOException failure) => failure is BadHttpRequestException
        ? new RpcException(new Status(StatusCode.Internal, failure.Message, failure))
        : CallEnd.Cancelled(failure);
}
