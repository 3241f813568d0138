using System.Net;
using Grpc.Core;
using Grpc.Shared;

namespace Grpc.Net.Client.Internal;

internal sealed partial class GrpcCall<TRequest, TResponse>
{
    private const string UserAgent = "grpc-dotnet-authorisation/1.0";

    private void StartWriting()
    {
#pragma warning disable CA2000 // The request message disposes of its content.
        var content = new StreamingContent();
#pragma warning restore CA2000
        Requests = new ClientRequestStream<TRequest, TResponse>(this, content);
        _opened = OpenAsync(request: null, content);
    }

    /// <summary>Sends the request and takes the response's headers; never throws, but ends the call.</summary>
    private async Task<ResponseReader?> OpenAsync(TRequest? request, HttpContent? content)
    {
        try
        {
            content ??= new SingleMessageContent(Serialize(request!, _options.WriteOptions));
            // The call's end disposes of the message: its content is written while the call goes on.
            var message = CreateMessage(content);
            _request = message;
            await AddHeadersAsync(message);
            var response = await _channel.SendAsync(message, _cancellation.Token);
            _response = response;
            if (Ended is not null)
            {
                // Disposed of meanwhile: nobody else will see this response.
                response.Dispose();
                return null;
            }

            if (ResponseStatus.OfInvalidResponse(response) is { } invalid)
            {
                Finish(invalid, ResponseStatus.ReadMetadata(response.Headers));
                return null;
            }

            if (ResponseStatus.Find(response.Headers) is { } status)
            {
                Finish(status, ResponseStatus.ReadMetadata(response.Headers));
                return null;
            }

            response.Headers.NonValidated.TryGetValues(GrpcHeaders.Encoding, out var encoding);
            return new ResponseReader(
                await response.Content.ReadAsStreamAsync(_cancellation.Token),
                _channel.MaxReceiveMessageSize,
                encoding.Count == 0 ? null : encoding.ToString(),
                _channel.CompressionProviders);
        }
        catch (Exception exception)
        {
            FinishFromFailure(exception);
            return null;
        }
    }

    private async Task<TResponse> ReadSingleAsync()
    {
        TResponse? message = null;
        var reader = await _opened;
        if (reader is not null)
        {
            using (reader)
            {
                message = await ReadSingleAsync(reader);
            }
        }

        if (Ended is not { StatusCode: StatusCode.OK })
        {
            throw ToException();
        }

        return message ?? throw new RpcException(NoResponse, _trailers);
    }

    private async ValueTask<TResponse?> ReadSingleAsync(ResponseReader reader)
    {
        try
        {
            var message = await reader.ReadAsync(Deserializer, _cancellation.Token);
            if (message is not null && await reader.ReadAsync(Deserializer, _cancellation.Token) is not null)
            {
                throw new RpcException(ManyResponses);
            }

            FinishFromTrailers();
            return message;
        }
        catch (Exception exception)
        {
            FinishFromFailure(exception);
            return null;
        }
    }

    private async Task<Metadata> ReadHeadersAsync()
    {
        await _opened;
        return _response is null ? throw ToException() : ResponseStatus.ReadMetadata(_response.Headers);
    }

    private HttpRequestMessage CreateMessage(HttpContent content)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _channel.UriOf(_method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (_host is not null)
        {
            message.Headers.Host = _host;
        }

        return message;
    }

    private async ValueTask AddHeadersAsync(HttpRequestMessage message)
    {
        var headers = message.Headers;
        headers.TryAddWithoutValidation("user-agent", UserAgent);
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, _channel.AcceptEncoding);
        AddMetadata(message, _options.Headers);
        var channels = _channel.CallCredentials;
        if (_channel.SendsCallCredentials && (channels is not null || _options.Credentials is not null))
        {
            var added = new Metadata();
            await CallCredentialsCollector.ApplyAsync(channels, _channel.Address, _method, added, _cancellation.Token);
            await CallCredentialsCollector.ApplyAsync(_options.Credentials, _channel.Address, _method, added, _cancellation.Token);
            AddMetadata(message, added);
        }

        if (_deadline != DateTime.MaxValue)
        {
            // Last, so that what was spent before is not given to the server.
            headers.TryAddWithoutValidation(GrpcHeaders.Timeout, TimeoutFormat.Format(_deadline - DateTime.UtcNow));
        }
    }

    private static void AddMetadata(HttpRequestMessage message, Metadata? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        foreach (var entry in metadata)
        {
            var isEncoding = entry.Key == GrpcHeaders.EncodingRequest;
            var value = MetadataFormat.TryFormat(entry) ?? throw new RpcException(new Status(
                StatusCode.Internal, $"The header '{entry.Key}' has characters other than printable ASCII."));
            message.Headers.TryAddWithoutValidation(isEncoding ? GrpcHeaders.Encoding : entry.Key, value);
        }
    }
}
