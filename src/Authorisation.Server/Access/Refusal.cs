using System.Globalization;
using Grpc.Core;

namespace Authorisation.Server.Access;

/// <summary>Answers a call with an error before anything that serves gRPC has seen it.</summary>
internal static class Refusal
{
    private const string BinarySuffix = "-bin";

    /// <summary>Writes the error as a response without messages: status and details are its headers.</summary>
    public static void Write(HttpResponse response, RpcException error)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Encode(error.Status.Detail);
        foreach (var entry in error.Trailers)
        {
            response.Headers[entry.Key] = entry.Key.EndsWith(BinarySuffix, StringComparison.Ordinal)
                ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=')
                : entry.Value;
        }
    }

    // As the protocol of gRPC has it: what is no printable ASCII, and %, is written %XX.
    private static string Encode(string text) =>
        text.All(static c => c is >= ' ' and <= '~' and not '%') ? text : Uri.EscapeDataString(text);
}
