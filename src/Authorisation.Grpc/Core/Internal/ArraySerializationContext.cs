using System.Buffers;

namespace Grpc.Core.Internal;

/// <summary>Gathers a message in an array of its own, when nothing better to write to is at hand.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private ArrayBufferWriter<byte>? _buffer;
    private byte[]? _payload;
    private int _length;

    public byte[] Payload => _payload ?? throw new InvalidOperationException("The serializer did not complete the message.");

    public override void SetPayloadLength(int payloadLength) => _length = payloadLength;

    public override IBufferWriter<byte> GetBufferWriter() =>
        _buffer ??= _length > 0 ? new ArrayBufferWriter<byte>(_length) : new ArrayBufferWriter<byte>();

    public override void Complete() => _payload = _buffer is null ? [] : _buffer.WrittenSpan.ToArray();

    public override void Complete(byte[] payload) => _payload = payload;
}
