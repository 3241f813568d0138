using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// The requests of a call. One write at a time: <see cref="_isWriting"/> is taken with an atomic exchange. A write
/// ends when HTTP has taken the message, which waits for the server's flow control.
/// </summary>
internal sealed class ClientRequestStream<TRequest, TResponse>(GrpcCall<TRequest, TResponse> call, StreamingContent content)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private int _isWriting;
    private volatile bool _isCompleted;

    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        if (message is null)
        {
            return Task.FromException(new ArgumentNullException(nameof(message)));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            call.CancelByCaller();
            return Task.FromCanceled(cancellationToken);
        }

        if (_isCompleted)
        {
            return Task.FromException(new InvalidOperationException("Request stream has already been completed."));
        }

        if (call.Ended is { } status)
        {
            return Task.FromException(status.StatusCode == StatusCode.OK
                ? new InvalidOperationException("Can't write the message because the call is complete.")
                : call.ToException());
        }

        return Interlocked.Exchange(ref _isWriting, 1) == 0
            ? WriteCore(message, cancellationToken)
            : Task.FromException(new InvalidOperationException(
                "Can't write the message because the previous write is in progress."));
    }

    public Task CompleteAsync()
    {
        if (Volatile.Read(ref _isWriting) != 0)
        {
            return Task.FromException(new InvalidOperationException(
                "Can't complete the client stream writer because the previous write is in progress."));
        }

        _isCompleted = true;
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteCore(TRequest message, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static state => ((GrpcCall<TRequest, TResponse>)state!).CancelByCaller(), call);
        try
        {
            var frame = call.Serialize(message, WriteOptions);
            var stream = await content.Stream.WaitAsync(call.CancellationToken);
            await stream.WriteAsync(frame, call.CancellationToken);
            if ((WriteOptions?.Flags & WriteFlags.BufferHint) != WriteFlags.BufferHint)
            {
                await stream.FlushAsync(call.CancellationToken);
            }
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw await ExplainAsync(exception);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    /// <summary>Why a write failed: usually the server has answered already, and its status says more.</summary>
    private async Task<Exception> ExplainAsync(Exception failure)
    {
        await call.Opened;
        return call.Ended is { } ended && ended.StatusCode != StatusCode.OK || call.CancellationToken.IsCancellationRequested
            ? call.ToException()
            : new RpcException(ResponseStatus.OfException(failure));
    }
}
