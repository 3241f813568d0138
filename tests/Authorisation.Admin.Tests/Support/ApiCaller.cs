using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Authorisation.Admin.Tests.Support;

/// <summary>Calls the API as one person, or as nobody, over real HTTP.</summary>
internal sealed class ApiCaller(HttpClient http, string? token)
{
    public string? Token => token;

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiAnswer> PostAsync(string path, object? body = null, string? key = null) =>
        SendAsync(HttpMethod.Post, path, body, key: key);

    public Task<ApiAnswer> PatchAsync(string path, object body, string? match = null) =>
        SendAsync(HttpMethod.Patch, path, body, match);

    public Task<ApiAnswer> PutAsync(string path, object body, string? match = null) =>
        SendAsync(HttpMethod.Put, path, body, match);

    public Task<ApiAnswer> GetAsync(string path, string accept) => SendAsync(HttpMethod.Get, path, accept: accept);

    public Task<ApiAnswer> DeleteAsync(string path, string? match = null, object? body = null) =>
        SendAsync(HttpMethod.Delete, path, body, match);

    public Task<ApiAnswer> PostCsvAsync(string path, byte[] file, string? key = null)
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return SendAsync(HttpMethod.Post, path, content, key: key);
    }

    public Task<ApiAnswer> PostCsvAsync(string path, string file) => PostCsvAsync(path, Encoding.UTF8.GetBytes(file));

    /// <summary>The bytes of an answer, such as of an archive.</summary>
    public async Task<(int Status, byte[] Bytes)> GetBytesAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, object? body = null, string? match = null, string? key = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (match is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", match);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            string text => new StringContent(text, Encoding.UTF8, "application/json"),
            _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        using var answer = await http.SendAsync(request);
        return new ApiAnswer(
            (int)answer.StatusCode,
            await answer.Content.ReadAsStringAsync(),
            answer.Content.Headers.ContentType?.MediaType,
            answer.Headers.ETag?.ToString(),
            answer.Headers.Location?.ToString())
        {
            RetryAfter = (int?)answer.Headers.RetryAfter?.Delta?.TotalSeconds,
            FileName = answer.Content.Headers.ContentDisposition?.FileName?.Trim('"'),
        };
    }
}
