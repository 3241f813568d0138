using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// The responses of a streaming call. One write at a time: <see cref="_isWriting"/> is taken with an atomic
/// exchange, so that the response's buffer belongs to the write that holds it. A write ends when the client has
/// room for more, which is what holds a fast handler back.
/// </summary>
internal sealed class ResponseStream<T>(HttpServerCallContext context, Action<T, SerializationContext> serializer)
    : IServerStreamWriter<T>
    where T : class
{
    private int _isWriting;
    private volatile bool _isClosed;

    public WriteOptions? WriteOptions
    {
        get => context.WriteOptions;
        set => context.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (message is null)
        {
            return Task.FromException(new ArgumentNullException(nameof(message)));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        if (_isClosed)
        {
            return Task.FromException(new InvalidOperationException("Can't write the message because the request is complete."));
        }

        if (context.IsCancelled)
        {
            return Task.FromException(new OperationCanceledException("The call was cancelled.", context.CancellationToken));
        }

        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            return Task.FromException(new InvalidOperationException(
                "Can't write the message because the previous write is in progress."));
        }

        return WriteCore(message, cancellationToken);
    }

    /// <summary>Refuses writes from now on: the handler has ended.</summary>
    public void Close() => _isClosed = true;

    private Task WriteCore(T message, CancellationToken cancellationToken)
    {
        var isPending = false;
        try
        {
            var written = context.WriteAsync(message, serializer);
            var isBuffered = (WriteOptions?.Flags & WriteFlags.BufferHint) == WriteFlags.BufferHint;
            if (written.IsCompletedSuccessfully)
            {
                written.GetAwaiter().GetResult();
                if (isBuffered)
                {
                    return Task.CompletedTask;
                }

                var flushed = context.FlushAsync(cancellationToken);
                if (flushed.IsCompletedSuccessfully)
                {
                    flushed.GetAwaiter().GetResult();
                    return Task.CompletedTask;
                }

                isPending = true;
                return FinishAsync(ValueTask.CompletedTask, flushed, CancellationToken.None);
            }

            isPending = true;
            return FinishAsync(written, flushed: null, cancellationToken, isBuffered);
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
        finally
        {
            if (!isPending)
            {
                Volatile.Write(ref _isWriting, 0);
            }
        }
    }

    private async Task FinishAsync(
        ValueTask written, ValueTask? flushed, CancellationToken cancellationToken, bool isBuffered = false)
    {
        try
        {
            await written;
            if (flushed is { } flush)
            {
                await flush;
            }
            else if (!isBuffered)
            {
                await context.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }
}
