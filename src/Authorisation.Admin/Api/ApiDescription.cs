using Authorisation.Admin.Api.Sessions;
using Authorisation.Admin.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Authorisation.Admin.Api;

/// <summary>What /openapi/v1.json says beyond the routes themselves.</summary>
internal static class ApiDescription
{
    private const string Session = "session";

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Authorisation control plane",
                Version = "v1",
                Description = "Organisations, administrators, travellers and their credit.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Session] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The token of POST /v1/sessions.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var isOpen = context.Description.ActionDescriptor.EndpointMetadata.OfType<OpenToAll>().Any();
            if (!isOpen)
            {
                operation.Security =
                [
                    new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Session, context.Document)] = [] },
                ];
            }

            foreach (var parameter in QueryParameter.Of(context.Description))
            {
                parameter.Describe((OpenApiParameter)operation.Parameters!.Single(one => one.Name == parameter.Name));
            }

            if (operation.OperationId != SessionEndpoints.Begin)
            {
                AddHeaders(operation, context.Description.HttpMethod);
            }

            return Task.CompletedTask;
        });
    }

    // What answers 412 looks at If-Match, and nothing else does.
    private static void AddHeaders(OpenApiOperation operation, string? method)
    {
        if (method == HttpMethods.Post)
        {
            AddHeader(
                operation, Idempotency.Header,
                "A key of the caller's own: the same key with the same request gets the same answer, for a day.");
        }

        if (operation.Responses?.ContainsKey("412") == true)
        {
            AddHeader(operation, HeaderNames.IfMatch, "The ETag that was read: 412 when somebody changed it since.");
        }
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description) =>
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
}
