using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Authorisation.Server.Calls;

/// <summary>Messages in gzip. Bytes that are none are INTERNAL, as other bytes that are no gRPC are.</summary>
internal sealed class GzipMessages : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => "gzip";

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream outputStream, CompressionLevel? compressionLevel) =>
        new GZipStream(outputStream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream compressedStream) => new Decompressed(compressedStream);

    private sealed class Decompressed(Stream compressed) : GZipStream(compressed, CompressionMode.Decompress)
    {
        // Reads into spans come here, too.
        public override int Read(byte[] buffer, int offset, int count)
        {
            try
            {
                return base.Read(buffer, offset, count);
            }
            catch (InvalidDataException e)
            {
                throw new RpcException(new Status(StatusCode.Internal, "The message is not gzip-compressed.", e));
            }
        }
    }
}
