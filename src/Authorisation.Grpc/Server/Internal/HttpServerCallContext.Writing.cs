using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Shared;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

internal sealed partial class HttpServerCallContext
{
    /// <summary>Puts a message in the response's buffer, after the headers if it is the first.</summary>
    public ValueTask WriteAsync<T>(T message, Action<T, SerializationContext> serializer)
    {
        var started = StartAsync();
        if (!started.IsCompletedSuccessfully)
        {
            return FinishAsync(started, message, serializer);
        }

        Serialize(message, serializer);
        return ValueTask.CompletedTask;

        async ValueTask FinishAsync(Task started, T message, Action<T, SerializationContext> serializer)
        {
            await started;
            Serialize(message, serializer);
        }
    }

    /// <summary>Sends what is in the response's buffer; ends when the client has room for more.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        ValueTask<System.IO.Pipelines.FlushResult> flush;
        if (_deadline is null)
        {
            flush = Output.FlushAsync(cancellationToken);
        }
        else
        {
            lock (_deadline.Gate)
            {
                ThrowIfEnded();
                flush = Output.FlushAsync(cancellationToken);
            }
        }

        if (flush.IsCompletedSuccessfully)
        {
            _ = flush.Result;
            return ValueTask.CompletedTask;
        }

        return new ValueTask(flush.AsTask());
    }

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (Http.Response.HasStarted)
        {
            throw new InvalidOperationException("Response headers can only be sent once per call.");
        }

        if (_deadline is null)
        {
            AddHeaders(responseHeaders);
        }
        else
        {
            lock (_deadline.Gate)
            {
                ThrowIfEnded();
                AddHeaders(responseHeaders);
            }
        }

        return SendHeadersAsync();
    }

    private async Task SendHeadersAsync()
    {
        await StartAsync();
        await FlushAsync(CancellationToken.None);
    }

    private void AddHeaders(Metadata? responseHeaders)
    {
        if (responseHeaders is null)
        {
            return;
        }

        foreach (var entry in responseHeaders)
        {
            if (entry.Key == GrpcHeaders.EncodingRequest)
            {
                // A handler's own choice stands even if the client did not say that it accepts it.
                ResponseEncoding = entry.Value == GrpcHeaders.Identity ? null : entry.Value;
                continue;
            }

            var value = MetadataFormat.TryFormat(entry) ?? throw new RpcException(new Status(
                StatusCode.Internal, $"The header '{entry.Key}' has characters other than printable ASCII."));
            Http.Response.Headers.Append(entry.Key, value);
        }
    }

    private Task StartAsync()
    {
        var response = Http.Response;
        if (response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (_deadline is null)
        {
            return StartCore();
        }

        lock (_deadline.Gate)
        {
            ThrowIfEnded();
            return StartCore();
        }

        Task StartCore()
        {
            if (ResponseEncoding is not null)
            {
                response.Headers.GrpcEncoding = ResponseEncoding;
            }

            return response.StartAsync();
        }
    }

    private void Serialize<T>(T message, Action<T, SerializationContext> serializer)
    {
        if (_deadline is null)
        {
            SerializeCore(message, serializer);
            return;
        }

        lock (_deadline.Gate)
        {
            ThrowIfEnded();
            SerializeCore(message, serializer);
        }
    }

    private void SerializeCore<T>(T message, Action<T, SerializationContext> serializer)
    {
        var context = ResponseSerializationContext.Rent(this, Compressor());
        try
        {
            serializer(message, context);
            context.ThrowIfIncomplete();
        }
        finally
        {
            context.Return();
        }
    }

    private ICompressionProvider? Compressor()
    {
        if (ResponseEncoding is null || (WriteOptionsCore?.Flags & WriteFlags.NoCompress) == WriteFlags.NoCompress)
        {
            return null;
        }

        return Options.CompressionProviders.TryGetValue(ResponseEncoding, out var provider)
            ? provider
            : throw new InvalidOperationException($"Could not find compression provider for '{ResponseEncoding}'.");
    }

    private void ThrowIfEnded()
    {
        if (_deadline!.HasEnded)
        {
            throw new OperationCanceledException("The call's deadline has passed.");
        }
    }
}
