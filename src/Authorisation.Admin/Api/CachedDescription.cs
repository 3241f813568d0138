using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Authorisation.Admin.Api;

/// <summary>
/// The API's description as it is sent. It depends on the program alone, so it is made once, by the first request.
/// </summary>
/// <remarks>Safe for any number of callers: a lock lets one of them begin, and all await the same task.</remarks>
internal sealed class CachedDescription(IServiceProvider services)
{
    /// <summary>The name of the document.</summary>
    public const string Name = "v1";

    private readonly Lock _lock = new();
    private Task<Description>? _made;

    /// <summary>Maps the route that it is found at.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet($"/openapi/{Name}.json", AnswerAsync).ExcludeFromDescription();

    /// <summary>The document; made again if making it failed before.</summary>
    public Task<Description> GetAsync()
    {
        lock (_lock)
        {
            return _made is null or { IsFaulted: true } or { IsCanceled: true } ? _made = MakeAsync() : _made;
        }
    }

    private async Task<Description> MakeAsync()
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name)
            .GetOpenApiDocumentAsync(CancellationToken.None);
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        var bytes = stream.ToArray();
        return new Description(bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..16])}\"");
    }

    private static async Task<IResult> AnswerAsync(CachedDescription cached, HttpContext http)
    {
        var (bytes, tag) = await cached.GetAsync();
        http.Response.Headers.ETag = tag;
        // Clients revalidate their copy: a release changes it.
        http.Response.Headers.CacheControl = "no-cache";
        return http.Request.Headers.IfNoneMatch.Contains(tag, StringComparer.Ordinal)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(bytes, "application/json;charset=utf-8");
    }
}

/// <summary>The description as it is sent, in UTF-8, and its ETag.</summary>
internal sealed record Description(byte[] Bytes, string Tag);
