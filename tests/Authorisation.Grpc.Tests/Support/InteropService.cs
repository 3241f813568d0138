using Authorisation.Grpc.Tests.Interop;
using Google.Protobuf;
using Grpc.Core;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>The server side of gRPC's interoperability tests.</summary>
public sealed class InteropService : TestService.TestServiceBase
{
    public const string InitialEcho = "x-grpc-test-echo-initial";
    public const string TrailingEcho = "x-grpc-test-echo-trailing-bin";

    public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        await EchoMetadataAsync(context, request.ResponseCompressed is { Value: true });
        ThrowIfAsked(request.ResponseStatus);
        if (request.ExpectCompressed is { } expected
            && expected.Value != (Encoding(context) is "gzip"))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The request's compression is not as announced."));
        }

        return new SimpleResponse { Payload = Zeroes(request.ResponseSize) };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context, request.ResponseParameters.Any(static p => p.Compressed is { Value: true }));
        await RespondAsync(request, responseStream, context);
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context, compress: false);
        var size = 0;
        await foreach (var request in requestStream.ReadAllAsync())
        {
            size += request.Payload.Body.Length;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = size };
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context, compress: false);
        await foreach (var request in requestStream.ReadAllAsync())
        {
            await RespondAsync(request, responseStream, context);
        }
    }

    private static string? Encoding(ServerCallContext context) =>
        context.GetHttpContext().Request.Headers["grpc-encoding"].ToString() is { Length: > 0 } encoding ? encoding : null;

    private static async Task EchoMetadataAsync(ServerCallContext context, bool compress)
    {
        var headers = new Metadata();
        if (context.RequestHeaders.GetValue(InitialEcho) is { } initial)
        {
            headers.Add(InitialEcho, initial);
        }

        if (compress)
        {
            headers.Add("grpc-internal-encoding-request", "gzip");
        }

        if (headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }

        if (context.RequestHeaders.GetValueBytes(TrailingEcho) is { } trailing)
        {
            context.ResponseTrailers.Add(TrailingEcho, trailing);
        }
    }

    private static async Task RespondAsync(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        ThrowIfAsked(request.ResponseStatus);
        foreach (var parameters in request.ResponseParameters)
        {
            if (parameters.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(parameters.IntervalUs), context.CancellationToken);
            }

            responseStream.WriteOptions = new WriteOptions(
                parameters.Compressed is { Value: false } ? WriteFlags.NoCompress : WriteFlags.None);
            await responseStream.WriteAsync(new StreamingOutputCallResponse { Payload = Zeroes(parameters.Size) });
        }
    }

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }

    private static Payload Zeroes(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
