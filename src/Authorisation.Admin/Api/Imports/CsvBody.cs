using System.Reflection;
using Authorisation.Admin.Web;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Imports;

/// <summary>A file in the body of a request. It is read only for a signed-in caller: it may be large.</summary>
internal sealed class CsvBody(byte[] bytes) : Microsoft.AspNetCore.Http.Metadata.IEndpointParameterMetadataProvider
{
    /// <summary>The file.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<CsvBody?> BindAsync(HttpContext context) =>
        new(await RequestBody.ReadAsync(context, Limits.ImportBytesMax, Limits.FileBodyTime) ?? []);

    /// <summary>Adds to the API's description what body the call takes.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new Microsoft.AspNetCore.Http.Metadata.AcceptsMetadata([AnswerFormat.CsvType], typeof(string)));
}
