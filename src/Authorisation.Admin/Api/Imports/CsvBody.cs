using System.Reflection;
using Authorisation.Admin.Http;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Imports;

/// <summary>A file in the body of a request. It is read for people only who are signed in: it may be large.</summary>
internal sealed class CsvBody(byte[] bytes) : Microsoft.AspNetCore.Http.Metadata.IEndpointParameterMetadataProvider
{
    /// <summary>The file.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<CsvBody?> BindAsync(HttpContext context)
    {
        // Asked for here already, as the filter that refuses the call comes after this; and not within its transaction, as a
        // file takes the time that its sender takes.
        if (!await HasSessionAsync(context))
        {
            return new CsvBody([]);
        }

        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var bytes = buffer.ToArray();
        context.Items[typeof(Body<>)] = bytes;
        return new CsvBody(bytes);
    }

    /// <summary>Tells the API's description what body the call takes.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new Microsoft.AspNetCore.Http.Metadata.AcceptsMetadata(["text/csv"], typeof(string)));

    private static async Task<bool> HasSessionAsync(HttpContext context)
    {
        if (Access.Sessions.HashOf(context.Request) is not { } hash)
        {
            return false;
        }

        await using var db = await context.RequestServices.GetRequiredService<AdminDatabase>().OpenAsync(context.RequestAborted);
        return await Access.Sessions.FindAsync(db, hash) is not null;
    }
}
