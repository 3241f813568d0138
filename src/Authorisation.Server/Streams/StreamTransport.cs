using Authorisation.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Authorisation.Server.Streams;

/// <summary>What long-lived streams need of HTTP/2, and what strangers may make it keep.</summary>
internal static class StreamTransport
{
    /// <summary>
    /// Keeps calls on one connection from holding up one another, and finds out when a client is no longer there.
    /// </summary>
    public static void Adjust(KestrelServerLimits limits)
    {
        // The server's own bounds would let a few calls that are not read take the whole connection's window.
        limits.Http2.InitialStreamWindowSize = Limits.StreamWindowBytes;
        limits.Http2.InitialConnectionWindowSize = Limits.StreamWindowBytes * Limits.StreamsPerConnectionMax;

        // It would end the whole connection, with every other call on it, for one client that reads one stream slowly.
        // A stream that is not read is reset by itself instead, after Limits.StreamStallTime.
        limits.MinResponseDataRate = null;

        // Likewise for one call that is sent slowly: each message has its own time, Limits.MessageTime.
        limits.MinRequestBodyDataRate = null;

        limits.RequestHeadersTimeout = Limits.CallHeadersTime;
        limits.MaxRequestHeadersTotalSize = Limits.CallHeaderBytesMax;
        limits.MaxRequestHeaderCount = Limits.CallHeadersMax;
        limits.Http2.MaxRequestHeaderFieldSize = Limits.CallHeaderBytesMax;

        // A stream may be silent for hours, and a client that lost its power says nothing either.
        limits.Http2.KeepAlivePingDelay = Limits.ConnectionPingDelay;
        limits.Http2.KeepAlivePingTimeout = Limits.ConnectionPingTimeout;
    }
}
