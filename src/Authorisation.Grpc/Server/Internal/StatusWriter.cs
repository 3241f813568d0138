using System.Globalization;
using Grpc.Core;
using Grpc.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Puts a status and trailers where they belong: after messages in the trailers, without any in the headers, so
/// that the whole response is one frame.
/// </summary>
internal static class StatusWriter
{
    private static readonly StringValues[] Codes =
        [.. Enumerable.Range(0, 17).Select(static code => new StringValues(code.ToString(CultureInfo.InvariantCulture)))];

    public static void Write(HttpResponse response, Status status, Metadata? trailers)
    {
        var destination = response.HasStarted ? Trailers(response) : response.Headers;
        if (trailers is { Count: > 0 })
        {
            status = Append(destination, trailers, status);
        }

        destination.GrpcStatus = Code(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            destination.GrpcMessage = PercentEncoding.Encode(status.Detail);
        }
    }

    /// <summary>Answers what is no gRPC call with an HTTP error that gRPC clients understand all the same.</summary>
    public static void WriteHttpError(HttpResponse response, int httpStatus, Status status)
    {
        response.StatusCode = httpStatus;
        response.Headers.GrpcStatus = Code(status.StatusCode);
        response.Headers.GrpcMessage = PercentEncoding.Encode(status.Detail);
    }

    public static StringValues Code(StatusCode code) => (int)code is >= 0 and <= 16
        ? Codes[(int)code]
        : ((int)code).ToString(CultureInfo.InvariantCulture);

    private static IHeaderDictionary Trailers(HttpResponse response) =>
        response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            ?? throw new InvalidOperationException("The server does not support trailers.");

    private static Status Append(IHeaderDictionary destination, Metadata trailers, Status status)
    {
        foreach (var entry in trailers)
        {
            var value = MetadataFormat.TryFormat(entry);
            if (value is null)
            {
                // Sent as it is it would break the response; the caller must learn what the handler did wrong.
                status = new Status(StatusCode.Internal, $"The trailer '{entry.Key}' has characters other than printable ASCII.");
                continue;
            }

            destination.Append(entry.Key, value);
        }

        return status;
    }
}
