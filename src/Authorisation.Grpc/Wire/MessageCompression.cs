using System.Buffers;
using System.IO.Compression;
using Grpc.Net.Compression;

namespace Grpc.Shared;

/// <summary>Compresses and decompresses whole messages; what comes out is bounded, so that no input can be a bomb.</summary>
internal static class MessageCompression
{
    private const int ChunkBytes = 16 * 1024;

    public static readonly IReadOnlyDictionary<string, ICompressionProvider> DefaultProviders =
        new Dictionary<string, ICompressionProvider>(StringComparer.Ordinal)
        {
            ["gzip"] = new GzipCompressionProvider(CompressionLevel.Fastest),
        };

    public static PooledBufferWriter Compress(ICompressionProvider provider, ReadOnlySpan<byte> message, CompressionLevel? level)
    {
        var compressed = new PooledBufferWriter(message.Length);
        try
        {
            using var output = new BufferWriterStream(compressed);
            using (var stream = provider.CreateCompressionStream(output, level))
            {
                stream.Write(message);
            }

            return compressed;
        }
        catch
        {
            compressed.Dispose();
            throw;
        }
    }

    /// <summary>Decompresses a message up to a bound.</summary>
    /// <exception cref="MessageTooLargeException">The message is longer than the bound.</exception>
    /// <exception cref="InvalidDataException">The bytes are not what the encoding makes.</exception>
    public static PooledBufferWriter Decompress(ICompressionProvider provider, in ReadOnlySequence<byte> payload, int lengthMax)
    {
        var message = new PooledBufferWriter(ChunkBytes, lengthMax);
        var copy = ArrayPool<byte>.Shared.Rent(Math.Max((int)payload.Length, 1));
        try
        {
            payload.CopyTo(copy);
            using var input = new MemoryStream(copy, 0, (int)payload.Length, writable: false);
            using var stream = provider.CreateDecompressionStream(input);
            int read;
            while ((read = stream.Read(message.GetSpan(ChunkBytes))) > 0)
            {
                message.Advance(read);
            }

            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
