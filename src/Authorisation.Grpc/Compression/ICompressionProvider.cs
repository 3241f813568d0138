using System.IO.Compression;

namespace Grpc.Net.Compression;

/// <summary>Compresses and decompresses messages under one encoding's name.</summary>
public interface ICompressionProvider
{
    /// <summary>The encoding's name, as in <c>grpc-encoding</c>.</summary>
    string EncodingName { get; }

    /// <summary>A stream that writes what is written to it, compressed, to another.</summary>
    /// <param name="stream">Where the compressed bytes go.</param>
    /// <param name="compressionLevel">How hard to try; null for the provider's default.</param>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    /// <summary>A stream that reads another's bytes decompressed.</summary>
    /// <param name="stream">Where the compressed bytes come from.</param>
    Stream CreateDecompressionStream(Stream stream);
}
