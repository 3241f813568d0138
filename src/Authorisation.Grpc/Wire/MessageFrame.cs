using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Shared;

/// <summary>A message on the wire: one byte says whether it is compressed, four its length, and its bytes follow.</summary>
internal static class MessageFrame
{
    public const int HeaderBytes = 5;

    private static readonly Status BadFlag =
        new(StatusCode.Internal, "Unexpected compressed flag value in message header.");

    private static readonly Status TooLarge =
        new(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.");

    public static void WriteHeader(Span<byte> destination, bool compressed, int length)
    {
        destination[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], length);
    }

    /// <summary>Takes a whole message off the front of the buffer if there is one.</summary>
    /// <exception cref="RpcException">The header is not one, or the message is longer than the bound.</exception>
    public static bool TryRead(
        ref ReadOnlySequence<byte> buffer, int? lengthMax, out ReadOnlySequence<byte> payload, out bool compressed)
    {
        payload = default;
        compressed = false;
        if (buffer.Length < HeaderBytes)
        {
            return false;
        }

        uint length;
        if (buffer.FirstSpan.Length >= HeaderBytes)
        {
            length = ReadHeader(buffer.FirstSpan, out compressed);
        }
        else
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            buffer.Slice(0, HeaderBytes).CopyTo(header);
            length = ReadHeader(header, out compressed);
        }

        if (length > (uint)(lengthMax ?? Array.MaxLength))
        {
            throw new RpcException(TooLarge);
        }

        if (buffer.Length - HeaderBytes < length)
        {
            return false;
        }

        payload = buffer.Slice(HeaderBytes, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    /// <summary>The length that a header tells.</summary>
    /// <exception cref="RpcException">The compressed flag is neither 0 nor 1.</exception>
    public static uint ReadHeader(ReadOnlySpan<byte> header, out bool compressed)
    {
        if (header[0] > 1)
        {
            throw new RpcException(BadFlag);
        }

        compressed = header[0] == 1;
        return BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
    }
}
