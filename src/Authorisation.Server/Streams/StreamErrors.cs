using Authorisation.Server.Contract;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>What a stream ends with that its client would have gone on with.</summary>
internal static class StreamErrors
{
    public static RpcException Stopping() => Errors.Unavailable(
        "STOPPING", "The server stops. Open the stream again, on another one, and send again what has no answer.");

    public static RpcException TokenEnded() => Errors.Unauthenticated(
        "TOKEN_INVALID", "The token has been ended. What has no answer may be unknown: retry with the same id.");
}
