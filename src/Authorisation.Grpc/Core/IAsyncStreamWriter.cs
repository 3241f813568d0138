namespace Grpc.Core;

/// <summary>A stream of messages to write, one at a time.</summary>
/// <typeparam name="T">The message's type.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the next messages are to be written.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes a message; ends when there is room for the next. One write at a time.</summary>
    /// <param name="message">The message.</param>
    Task WriteAsync(T message);

    /// <summary>Writes a message; ends when there is room for the next. One write at a time.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives the write up, and the call with it.</param>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            throw new NotSupportedException("Cancellation of stream writes is not supported by this gRPC implementation.");
        }

        return WriteAsync(message);
    }
}
