namespace Grpc.Core;

/// <summary>A stream of messages to read, one at a time.</summary>
/// <typeparam name="T">The message's type.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last successful <see cref="MoveNext"/> read.</summary>
    T Current { get; }

    /// <summary>Reads the next message; false at the stream's end. One read at a time.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
