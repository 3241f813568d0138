using System.Net;

namespace Authorisation.Grpc.Tests.Support;

public sealed record RawAnswer(
    HttpStatusCode HttpStatus,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Trailers,
    byte[] Body)
{
    public string? GrpcStatus => Find("grpc-status");

    public string? GrpcMessage => Find("grpc-message");

    private string? Find(string name) =>
        Trailers.TryGetValue(name, out var trailer) ? trailer : Headers.TryGetValue(name, out var header) ? header : null;
}
