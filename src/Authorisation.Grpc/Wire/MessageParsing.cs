using System.Buffers;
using Grpc.Core;
using Grpc.Core.Internal;
using Grpc.Net.Compression;

namespace Grpc.Shared;

/// <summary>Makes a message of a frame's payload, decompressing it if need be; every failure is a status.</summary>
internal static class MessageParsing
{
    private static readonly Status TooLarge =
        new(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.");

    private static readonly Status NoMessage = new(StatusCode.Internal, "The deserializer returned no message.");

    public static T Parse<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
        where T : class
    {
        var context = SequenceDeserializationContext.Rent();
        try
        {
            context.SetPayload(payload);
            return deserializer(context) ?? throw new RpcException(NoMessage);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message could not be deserialized.", exception));
        }
        finally
        {
            context.Return();
        }
    }

    public static T ParseCompressed<T>(
        in ReadOnlySequence<byte> payload,
        ICompressionProvider provider,
        int? lengthMax,
        Func<DeserializationContext, T> deserializer)
        where T : class
    {
        PooledBufferWriter message;
        try
        {
            message = MessageCompression.Decompress(provider, payload, lengthMax ?? int.MaxValue);
        }
        catch (MessageTooLargeException exception)
        {
            throw new RpcException(new Status(TooLarge.StatusCode, TooLarge.Detail, exception));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw new RpcException(
                new Status(StatusCode.Internal, $"The message is not {provider.EncodingName}-compressed.", exception));
        }

        using (message)
        {
            return Parse(new ReadOnlySequence<byte>(message.WrittenMemory), deserializer);
        }
    }
}
