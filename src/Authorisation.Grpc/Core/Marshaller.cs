using Grpc.Core.Internal;

namespace Grpc.Core;

/// <summary>Writes messages of one type to bytes and reads them back.</summary>
/// <typeparam name="T">The message's type.</typeparam>
public class Marshaller<T>
{
    private readonly Func<T, byte[]>? _serializer;
    private readonly Func<byte[], T>? _deserializer;

    /// <summary>Creates a marshaller from functions over arrays.</summary>
    /// <param name="serializer">Writes a message.</param>
    /// <param name="deserializer">Reads a message.</param>
    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        _serializer = serializer;
        _deserializer = deserializer;
        ContextualSerializer = SerializeThroughArray;
        ContextualDeserializer = DeserializeThroughArray;
    }

    /// <summary>Creates a marshaller from functions that write to and read from the transport's own buffers.</summary>
    /// <param name="serializer">Writes a message.</param>
    /// <param name="deserializer">Reads a message.</param>
    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        ContextualSerializer = serializer;
        ContextualDeserializer = deserializer;
    }

    /// <summary>Writes a message to an array.</summary>
    public Func<T, byte[]> Serializer => _serializer ?? SerializeThroughContext;

    /// <summary>Reads a message from an array.</summary>
    public Func<byte[], T> Deserializer => _deserializer ?? DeserializeThroughContext;

    /// <summary>Writes a message to the transport's buffers.</summary>
    public Action<T, SerializationContext> ContextualSerializer { get; }

    /// <summary>Reads a message from the transport's buffers.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer { get; }

    private void SerializeThroughArray(T message, SerializationContext context) => context.Complete(_serializer!(message));

    private T DeserializeThroughArray(DeserializationContext context) => _deserializer!(context.PayloadAsNewBuffer());

    private byte[] SerializeThroughContext(T message)
    {
        var context = new ArraySerializationContext();
        ContextualSerializer(message, context);
        return context.Payload;
    }

    private T DeserializeThroughContext(byte[] payload)
    {
        var context = new SequenceDeserializationContext();
        context.SetPayload(new(payload));
        return ContextualDeserializer(context);
    }
}
