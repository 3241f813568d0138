using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>Shorter ways to read a stream of messages.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>Reads the next message; false at the stream's end.</summary>
    /// <param name="streamReader">The stream.</param>
    /// <typeparam name="T">The message's type.</typeparam>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return streamReader.MoveNext(CancellationToken.None);
    }

    /// <summary>The remaining messages, for <c>await foreach</c>.</summary>
    /// <param name="streamReader">The stream.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <typeparam name="T">The message's type.</typeparam>
    public static IAsyncEnumerable<T> ReadAllAsync<T>(
        this IAsyncStreamReader<T> streamReader, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return Enumerate(streamReader, cancellationToken);
    }

    private static async IAsyncEnumerable<T> Enumerate<T>(
        IAsyncStreamReader<T> streamReader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await streamReader.MoveNext(cancellationToken))
        {
            yield return streamReader.Current;
        }
    }
}
