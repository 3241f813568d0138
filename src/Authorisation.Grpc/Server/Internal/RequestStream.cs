using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// The requests of a streaming call. One read at a time: <see cref="_isReading"/> is taken with an atomic exchange,
/// and everything else here belongs to the read that holds it.
/// </summary>
internal sealed class RequestStream<T>(HttpServerCallContext context, Func<DeserializationContext, T> deserializer)
    : IAsyncStreamReader<T>
    where T : class
{
    private static readonly Task<bool> True = Task.FromResult(true);
    private static readonly Task<bool> False = Task.FromResult(false);

    private int _isReading;
    private bool _isAtEnd;
    private volatile bool _isClosed;
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<bool>(cancellationToken);
        }

        if (_isClosed)
        {
            return Task.FromException<bool>(
                new InvalidOperationException("Can't read messages after the request is complete."));
        }

        if (context.IsCancelled)
        {
            return Task.FromException<bool>(new OperationCanceledException("The call was cancelled.", context.CancellationToken));
        }

        if (Interlocked.Exchange(ref _isReading, 1) != 0)
        {
            return Task.FromException<bool>(new InvalidOperationException(
                "Can't read the next message because the previous read is still in progress."));
        }

        return MoveNextCore(cancellationToken);
    }

    /// <summary>Refuses reads from now on: the handler has ended.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Without an asynchronous state machine when the message, or the end, has come already.</summary>
    private Task<bool> MoveNextCore(CancellationToken cancellationToken)
    {
        var isPending = false;
        try
        {
            _current = null;
            if (_isAtEnd)
            {
                return False;
            }

            if (context.Input.TryRead(out var result))
            {
                if (RequestReader.TryReadNext(context, result, deserializer, out _current))
                {
                    return True;
                }

                if (result.IsCompleted)
                {
                    _isAtEnd = true;
                    return False;
                }
            }

            isPending = true;
            return ReadAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            return Task.FromException<bool>(RequestReader.Lost(exception));
        }
        catch (Exception exception)
        {
            return Task.FromException<bool>(exception);
        }
        finally
        {
            if (!isPending)
            {
                Volatile.Write(ref _isReading, 0);
            }
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await context.Input.ReadAsync(cancellationToken);
                if (RequestReader.TryReadNext(context, result, deserializer, out _current))
                {
                    return true;
                }

                if (result.IsCompleted)
                {
                    _isAtEnd = true;
                    return false;
                }
            }
        }
        catch (IOException exception)
        {
            throw RequestReader.Lost(exception);
        }
        finally
        {
            Volatile.Write(ref _isReading, 0);
        }
    }
}
