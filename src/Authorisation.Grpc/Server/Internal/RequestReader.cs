using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Shared;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Reads messages from a request's body where they lie.</summary>
internal static class RequestReader
{
    private static readonly Status Additional = new(StatusCode.Internal, "Additional data after the message received.");
    private static readonly Status Incomplete = new(StatusCode.Internal, "Incomplete message.");

    private static readonly Status NoEncoding =
        new(StatusCode.Internal, "Request did not include grpc-encoding value with compressed message.");

    private static readonly Status IdentityEncoding =
        new(StatusCode.Internal, "Request sent 'identity' grpc-encoding value with compressed message.");

    /// <summary>The only message of a request, once the request has ended after it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<T> ReadSingleAsync<T>(
        HttpServerCallContext context, Func<DeserializationContext, T> deserializer)
        where T : class
    {
        var input = context.Input;
        T? message = null;
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync();
            }
            catch (IOException exception)
            {
                throw Lost(exception);
            }

            var buffer = result.Buffer;
            try
            {
                if (message is null)
                {
                    TryRead(context, ref buffer, deserializer, out message);
                }

                if (message is not null && !buffer.IsEmpty)
                {
                    throw new RpcException(Additional);
                }

                if (result.IsCompleted)
                {
                    return message ?? throw new RpcException(Incomplete);
                }
            }
            finally
            {
                // What is not a whole message yet has been looked at, so that the next read waits for more.
                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
    }

    /// <summary>What a failure of the request's body means.</summary>
    public static Exception Lost(IOException failure) => failure switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new RpcException(new Status(StatusCode.ResourceExhausted, failure.Message, failure)),
        BadHttpRequestException => new RpcException(new Status(StatusCode.Internal, failure.Message, failure)),
        _ => new CallLostException(failure),
    };

    /// <summary>Takes the next message if it has come; false if more must be read first.</summary>
    public static bool TryReadNext<T>(
        HttpServerCallContext context, in ReadResult result, Func<DeserializationContext, T> deserializer, out T? message)
        where T : class
    {
        var buffer = result.Buffer;
        var found = false;
        message = null;
        try
        {
            found = TryRead(context, ref buffer, deserializer, out message);
            if (!found && result.IsCompleted && !buffer.IsEmpty)
            {
                throw new RpcException(Incomplete);
            }

            return found;
        }
        finally
        {
            context.Input.AdvanceTo(buffer.Start, found ? buffer.Start : buffer.End);
        }
    }

    private static bool TryRead<T>(
        HttpServerCallContext context,
        ref ReadOnlySequence<byte> buffer,
        Func<DeserializationContext, T> deserializer,
        out T? message)
        where T : class
    {
        var lengthMax = context.Options.MaxReceiveMessageSize;
        if (!MessageFrame.TryRead(ref buffer, lengthMax, out var payload, out var compressed))
        {
            message = null;
            return false;
        }

        message = compressed
            ? MessageParsing.ParseCompressed(payload, Decompressor(context), lengthMax, deserializer)
            : MessageParsing.Parse(payload, deserializer);
        return true;
    }

    private static Net.Compression.ICompressionProvider Decompressor(HttpServerCallContext context)
    {
        var encoding = context.Http.Request.Headers.GrpcEncoding.ToString();
        if (encoding.Length == 0)
        {
            throw new RpcException(NoEncoding);
        }

        if (encoding == GrpcHeaders.Identity)
        {
            throw new RpcException(IdentityEncoding);
        }

        if (context.Options.CompressionProviders.TryGetValue(encoding, out var provider))
        {
            return provider;
        }

        if (!context.Http.Response.HasStarted)
        {
            context.Http.Response.Headers.GrpcAcceptEncoding = context.Options.AcceptEncoding;
        }

        throw new RpcException(new Status(
            StatusCode.Unimplemented,
            $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {context.Options.AcceptEncoding}"));
    }
}
