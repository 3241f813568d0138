using System.Buffers.Binary;
using System.Text;

namespace Authorisation.Cache;

/// <summary>Puts fields into an array that was measured for them, the most significant byte first.</summary>
internal ref struct SnapshotWriter(Span<byte> rest)
{
    private Span<byte> _rest = rest;

    public readonly int BytesLeft => _rest.Length;

    public void Byte(byte value) => Take(sizeof(byte))[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(sizeof(ushort)), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);

    public void Guid(Guid value) => value.TryWriteBytes(Take(16), bigEndian: true, out _);

    public void Instant(DateTimeOffset value) => Int64(value.UtcTicks);

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        UInt16((ushort)length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    private Span<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
