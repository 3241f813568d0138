using System.Buffers.Binary;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// Makes UUIDs of version 7 from a fast random source: the system's would cost more than the rest of a request.
/// </summary>
internal sealed class IdSource(Random random)
{
    private const int IdBytes = 16;

    /// <summary>A new id.</summary>
    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        random.NextBytes(bytes[6..]);
        var milliseconds = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt32BigEndian(bytes, unchecked((int)(milliseconds >> 16)));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], unchecked((ushort)milliseconds));
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
