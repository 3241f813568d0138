using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Shared;

namespace Grpc.Net.Client.Internal;

/// <summary>What a response, or the failure to get one, means as a status.</summary>
internal static class ResponseStatus
{
    /// <summary>The status of a response that is no gRPC answer, or null if it is one.</summary>
    public static Status? OfInvalidResponse(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            // An HTTP error may still carry the status that a gRPC server or proxy meant.
            return Find(response.Headers)
                ?? new Status(OfHttp(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}");
        }

        response.Content.Headers.NonValidated.TryGetValues("content-type", out var contentType);
        return GrpcHeaders.IsGrpcContentType(contentType.ToString())
            ? null
            : new Status(StatusCode.Cancelled, $"Bad gRPC response. Invalid content-type value: {contentType}");
    }

    /// <summary>The status that headers or trailers carry, or null if they carry none.</summary>
    public static Status? Find(HttpHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(GrpcHeaders.Status, out var code))
        {
            return null;
        }

        if (!int.TryParse(code.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return new Status(StatusCode.Unknown, $"Unexpected grpc-status value: {code}");
        }

        var detail = headers.NonValidated.TryGetValues(GrpcHeaders.Message, out var message)
            ? PercentEncoding.Decode(message.ToString())
            : "";
        return new Status(number is >= 0 and <= 16 ? (StatusCode)number : StatusCode.Unknown, detail);
    }

    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers.NonValidated)
        {
            if (key.StartsWith(':') || IsProtocolHeader(key) || !Metadata.Entry.IsValidKey(key))
            {
                continue;
            }

            foreach (var value in values)
            {
                MetadataFormat.Add(metadata, key, value);
            }
        }

        return metadata;
    }

    public static Status OfException(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                return new Status(OfHttp2Error(protocol.ErrorCode), $"The stream was reset. {protocol.Message}", exception);
            }
        }

        var code = exception is HttpRequestException or IOException ? StatusCode.Unavailable : StatusCode.Internal;
        return new Status(code, $"Error starting or reading the gRPC call. {exception.GetType().Name}: {exception.Message}", exception);
    }

    private static bool IsProtocolHeader(string key) =>
        key.Equals(GrpcHeaders.Status, StringComparison.OrdinalIgnoreCase)
        || key.Equals(GrpcHeaders.Message, StringComparison.OrdinalIgnoreCase)
        || key.Equals(GrpcHeaders.Encoding, StringComparison.OrdinalIgnoreCase)
        || key.Equals(GrpcHeaders.AcceptEncoding, StringComparison.OrdinalIgnoreCase);

    private static StatusCode OfHttp(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests => StatusCode.Unavailable,
        HttpStatusCode.BadGateway => StatusCode.Unavailable,
        HttpStatusCode.ServiceUnavailable => StatusCode.Unavailable,
        HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    // The error codes of HTTP/2, as the protocol maps them.
    private static StatusCode OfHttp2Error(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable,
        0x8 => StatusCode.Cancelled,
        0xb => StatusCode.ResourceExhausted,
        0xc => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
