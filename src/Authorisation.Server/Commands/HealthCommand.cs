using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;

namespace Authorisation.Server.Commands;

/// <summary>
/// Asks a running server on this machine over <c>grpc.health.v1</c> whether it is ready: for container health checks,
/// in images that have no shell.
/// </summary>
internal static class HealthCommand
{
    private const int GrpcFrameHeaderBytes = 5;
    private const byte ServingStatus = 1;

    public static Command Create()
    {
        var address = new Option<Uri>("--address")
        {
            Description = "Where the server listens.",
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:5100"),
        };
        var command = new Command("health", "Ask a running server whether it is ready; exit code 0 if it is.") { address };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(address)!, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Uri address, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            // It asks this machine's own server, whose certificate names its public host.
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(3) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/grpc.health.v1.Health/Check"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            // An empty HealthCheckRequest: not compressed, length 0.
            Content = new ByteArrayContent(new byte[GrpcFrameHeaderBytes]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            // HealthCheckResponse { status = 1 } is the two bytes 08 01 behind the frame's header.
            var isServing = body is [_, _, _, _, _, 0x08, ServingStatus, ..];
            Console.WriteLine(isServing ? "ready" : "not ready");
            return isServing ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Console.Error.WriteLine($"{address} does not answer: {e.Message}");
            return 1;
        }
    }
}
