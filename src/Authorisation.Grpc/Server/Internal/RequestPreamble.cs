using Grpc.Core;
using Grpc.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Refuses requests that are no gRPC calls.</summary>
internal static class RequestPreamble
{
    public static bool Accept(HttpContext http, ILogger logger)
    {
        var request = http.Request;
        if (!GrpcHeaders.IsGrpcContentType(request.ContentType))
        {
            ServerLog.UnsupportedContentType(logger, request.ContentType);
            StatusWriter.WriteHttpError(
                http.Response,
                StatusCodes.Status415UnsupportedMediaType,
                new Status(
                    StatusCode.Internal,
                    request.ContentType is null
                        ? "Content-Type is missing from the request."
                        : $"Content-Type '{request.ContentType}' is not supported."));
            return false;
        }

        if (!HttpProtocol.IsHttp2(request.Protocol) && !HttpProtocol.IsHttp3(request.Protocol))
        {
            ServerLog.UnsupportedProtocol(logger, request.Protocol);
            StatusWriter.WriteHttpError(
                http.Response,
                StatusCodes.Status426UpgradeRequired,
                new Status(StatusCode.Internal, $"Request protocol '{request.Protocol}' is not supported."));
            http.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }

        return true;
    }
}
