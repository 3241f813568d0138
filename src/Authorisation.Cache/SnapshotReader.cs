using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Authorisation.Cache;

/// <summary>
/// Takes fields off bytes that may be anything. What is not there reads as 0 and makes the whole
/// <see cref="Broken"/>, which is asked once, at the end.
/// </summary>
internal ref struct SnapshotReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public bool Broken { get; private set; }

    public readonly int BytesLeft => _rest.Length;

    public byte Byte() => Take(sizeof(byte)) is [var value] ? value : default;

    public ushort UInt16() => Take(sizeof(ushort)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : default;

    public int Int32() => Take(sizeof(int)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadInt32BigEndian(bytes) : default;

    public long Int64() => Take(sizeof(long)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : default;

    /// <summary>A number that is never negative: amounts, versions and ids are not.</summary>
    public long Count()
    {
        var value = Int64();
        Require(value >= 0);
        return value;
    }

    public Guid Guid() => Take(16) is { Length: > 0 } bytes ? new Guid(bytes, bigEndian: true) : default;

    public DateTimeOffset Instant()
    {
        var ticks = Count();
        Require(ticks <= DateTime.MaxValue.Ticks);
        return Broken ? default : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    public string Text()
    {
        var bytes = Take(UInt16());
        Require(Utf8.IsValid(bytes));
        return Broken ? "" : Encoding.UTF8.GetString(bytes);
    }

    public void Require(bool condition) => Broken |= !condition;

    private ReadOnlySpan<byte> Take(int length)
    {
        if (Broken || length > _rest.Length)
        {
            Broken = true;
            return [];
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
