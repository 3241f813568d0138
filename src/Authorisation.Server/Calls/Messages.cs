using System.Buffers;
using Authorisation.Server.Contract;
using Google.Protobuf;
using Grpc.Core;

namespace Authorisation.Server.Calls;

/// <summary>What is said of bytes that are no message, instead of UNKNOWN and an error in the log.</summary>
internal static class Messages
{
    // Before each message: a byte that says whether it is compressed, and its length in four, the highest first.
    private const byte CompressedFlag = 1;
    private const byte HighestOfLengths = 0x7F;

    /// <summary>
    /// The same method, whose requests are INVALID_ARGUMENT when they do not parse, broken UTF-8 included.
    /// </summary>
    public static Method<TRequest, TResponse> Checked<TRequest, TResponse>(Method<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        var marshaller = method.RequestMarshaller;
        var parse = marshaller.ContextualDeserializer;
        return new Method<TRequest, TResponse>(
            method.Type,
            method.ServiceName,
            method.Name,
            Marshallers.Create(
                marshaller.ContextualSerializer,
                payload =>
                {
                    try
                    {
                        return parse(payload);
                    }
                    catch (InvalidProtocolBufferException e)
                    {
                        throw Errors.InvalidArgument(
                            "INVALID_MESSAGE",
                            $"The bytes are no {typeof(TRequest).Name}; nothing was done. {e.Message}");
                    }
                }),
            method.ResponseMarshaller);
    }

    /// <summary>Checks the prefix of a message, as far as it has arrived.</summary>
    /// <returns>Why it cannot be one; null if it can.</returns>
    public static RpcException? WhatIsWrongWith(in ReadOnlySequence<byte> prefix)
    {
        var reader = new SequenceReader<byte>(prefix);
        if (reader.TryRead(out var flag) && flag > CompressedFlag)
        {
            return new RpcException(
                new Status(StatusCode.Internal, "Unexpected compressed flag value in message header."));
        }

        return reader.TryRead(out var highest) && highest > HighestOfLengths
            ? new RpcException(new Status(
                StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."))
            : null;
    }
}
