using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// The responses of a call. One read at a time: <see cref="_isReading"/> is taken with an atomic exchange, and
/// everything else here, the reader's buffer too, belongs to the read that holds it.
/// </summary>
internal sealed class ClientResponseStream<TRequest, TResponse>(GrpcCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private int _isReading;
    private TResponse? _current;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(cancellationToken);
        }

        return Interlocked.Exchange(ref _isReading, 1) == 0
            ? MoveNextCore(cancellationToken)
            : Task.FromException<bool>(new InvalidOperationException(
                "Can't read the next message because the previous read is still in progress."));
    }

    private async Task<bool> MoveNextCore(CancellationToken cancellationToken)
    {
        _current = null;
        using var registration = cancellationToken.UnsafeRegister(
            static state => ((GrpcCall<TRequest, TResponse>)state!).CancelByCaller(), call);
        try
        {
            var reader = await call.Opened;
            if (call.Ended is null && reader is not null && await ReadAsync(reader))
            {
                return true;
            }

            return call.Ended is { StatusCode: StatusCode.OK } ? false : throw call.ToException();
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }

    private async ValueTask<bool> ReadAsync(ResponseReader reader)
    {
        try
        {
            _current = await reader.ReadAsync(call.Deserializer, call.CancellationToken);
            if (_current is not null)
            {
                return true;
            }

            call.FinishFromTrailers();
        }
        catch (Exception exception)
        {
            call.FinishFromFailure(exception);
        }

        // The read that meets the end is the last to touch the buffer: later ones see that the call has ended.
        reader.Dispose();
        return false;
    }
}
