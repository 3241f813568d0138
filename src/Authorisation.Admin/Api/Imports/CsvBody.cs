using System.Reflection;
using Authorisation.Admin.Http;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Imports;

/// <summary>A file in the body of a request.</summary>
internal sealed class CsvBody(byte[] bytes) : Microsoft.AspNetCore.Http.Metadata.IEndpointParameterMetadataProvider
{
    /// <summary>The file.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<CsvBody?> BindAsync(HttpContext context)
    {
        if (Access.Sessions.HashOf(context.Request) is null)
        {
            // Nobody's file is not read: the call is refused before it is looked at.
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
}
