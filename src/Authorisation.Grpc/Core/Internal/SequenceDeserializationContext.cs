using System.Buffers;

namespace Grpc.Core.Internal;

/// <summary>
/// Shows a marshaller the bytes of one message where they lie. Reading is synchronous, so that one instance
/// per thread is enough: <see cref="Rent"/> takes the thread's own and leaves none behind, which keeps a
/// marshaller that reads another message inside the first one safe.
/// </summary>
internal sealed class SequenceDeserializationContext : DeserializationContext
{
    [ThreadStatic]
    private static SequenceDeserializationContext? _spare;

    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public static SequenceDeserializationContext Rent()
    {
        var context = _spare ?? new SequenceDeserializationContext();
        _spare = null;
        return context;
    }

    public void Return()
    {
        _payload = default;
        _spare = this;
    }

    public void SetPayload(in ReadOnlySequence<byte> payload) => _payload = payload;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;
}
