using System.Text;
using System.Text.Json;
using Authorisation.Administration.Work;
using Microsoft.AspNetCore.WebUtilities;

namespace Authorisation.Admin.Web;

/// <summary>The answer to a call that went well. It is sent once the call's transaction has been committed.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Content">What is sent as JSON; nothing if null.</param>
internal sealed record Reply(int Status, object? Content = null) : IResult
{
    /// <summary>The media type of a file whose text is in no encoding of the web.</summary>
    public const string Bytes = "application/octet-stream";

    /// <summary>Where what was made is found.</summary>
    public string? Location { get; init; }

    /// <summary>The version to send as If-Match with a change.</summary>
    public long? Revision { get; init; }

    /// <summary>It holds a secret, which is shown once: a repeated request is not answered with it again.</summary>
    public bool HoldsSecret { get; init; }

    /// <summary>Sent instead of <see cref="Content"/>: JSON that was kept, or text.</summary>
    public string? Text { get; init; }

    /// <summary>The media type of <see cref="Text"/>.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Sent instead of everything else: a file, in UTF-8 unless it is of <see cref="Bytes"/>.</summary>
    public byte[]? File { get; init; }

    /// <summary>Sent instead of everything else: a file that may be too large for the memory.</summary>
    public FileBufferingWriteStream? LargeFile { get; init; }

    /// <summary>What the file is saved as.</summary>
    public string? FileName { get; init; }

    /// <summary>The ETag as it was kept; else made of <see cref="Revision"/>.</summary>
    public string? KeptTag { get; init; }

    /// <summary>The ETag of the answer.</summary>
    public string? Tag => KeptTag ?? (Revision is { } revision ? ETag.Of(revision) : null);

    /// <summary>The body of the answer.</summary>
    public string? Json => Text ?? (Content is null ? null : JsonSerializer.Serialize(Content, Content.GetType(), ApiJson.Options));

    public static Reply Ok(object content, long? revision = null) =>
        new(StatusCodes.Status200OK, content) { Revision = revision };

    public static Reply Created(string location, object content, long? revision = null) =>
        new(StatusCodes.Status201Created, content) { Location = location, Revision = revision };

    public static Reply NoContent() => new(StatusCodes.Status204NoContent);

    /// <summary>A file to be saved under a name of letters, digits, hyphens and points.</summary>
    public static Reply Download(byte[] file, string contentType, string fileName) =>
        new(StatusCodes.Status200OK) { File = file, ContentType = contentType, FileName = fileName };

    /// <summary>As the other one, for a file that may be large; it is disposed of once it is sent.</summary>
    public static Reply Download(FileBufferingWriteStream file, string contentType, string fileName) =>
        new(StatusCodes.Status200OK) { LargeFile = file, ContentType = contentType, FileName = fileName };

    /// <summary>A refusal that leaves something behind all the same, such as a count of failures.</summary>
    public static Reply Refusal(RefusedException refused) =>
        new(ProblemStatus.Of(refused.Problem), Problem.Of(refused)) { ContentType = Problem.ContentType };

    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (Tag is { } tag)
        {
            response.Headers.ETag = tag;
        }

        if (FileName is not null)
        {
            response.Headers.ContentDisposition = $"attachment; filename=\"{FileName}\"";
        }

        if (LargeFile is { } large)
        {
            await using (large)
            {
                response.ContentType = ContentType;
                await large.DrainBufferAsync(response.Body, httpContext.RequestAborted);
            }
        }
        else if (File is { } file)
        {
            response.ContentType = ContentType == Bytes ? ContentType : ContentType + "; charset=utf-8";
            await response.Body.WriteAsync(file, httpContext.RequestAborted);
        }
        else if (Json is { } json)
        {
            response.ContentType = ContentType == Problem.ContentType ? ContentType : ContentType + "; charset=utf-8";
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(json), httpContext.RequestAborted);
        }
    }
}
