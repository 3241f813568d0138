using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Authorisation.Grpc.Tests.Probe;
using Google.Protobuf;

namespace Authorisation.Grpc.Tests.Support;

/// <summary>Calls with hand-made bodies, and answers as they stand on the wire.</summary>
public static class RawCall
{
    public const string Unary = "/probe.Prober/Unary";
    public const string Gather = "/probe.Prober/Gather";
    public const string Spread = "/probe.Prober/Spread";
    public const string Talk = "/probe.Prober/Talk";

    public static byte[] Frame(byte[] payload, byte flag = 0)
    {
        var frame = new byte[payload.Length + 5];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Frame(Note note) => Frame(note.ToByteArray());

    public static async Task<RawAnswer> SendAsync(
        TestServer server,
        string path,
        byte[] body,
        string? contentType = "application/grpc",
        Version? version = null,
        params (string Name, string Value)[] headers)
    {
        using var handler = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, path))
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, CancellationToken.None).Soon();
        var bytes = await response.Content.ReadAsByteArrayAsync().Soon();
        return new RawAnswer(
            response.StatusCode,
            Flatten(response.Headers),
            Flatten(response.TrailingHeaders),
            bytes);
    }

    private static Dictionary<string, string> Flatten(HttpResponseHeaders headers) =>
        headers.NonValidated.ToDictionary(
            static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
}
