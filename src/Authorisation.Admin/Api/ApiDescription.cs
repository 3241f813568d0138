using System.Globalization;
using System.Text.Json;
using Authorisation.Admin.Api.Sessions;
using Authorisation.Admin.Web;
using Authorisation.Core;
using Authorisation.Ledger.Access;
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
            // As the code has it; a call says it as text: QueryParameter.
            document.Components.Schemas!.Remove(nameof(CreditMonth));
            document.Components.Schemas[nameof(JsonElement)] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "An object, whose fields depend on what it is the state of.",
            };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(FieldSchemas.TransformAsync);
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

            Describe(operation, context.Description);
            if (operation.OperationId != SessionEndpoints.Begin)
            {
                AddHeaders(operation, context.Description.HttpMethod);
            }

            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiOperation operation, Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription call)
    {
        (operation.Summary, operation.Description) = OperationTexts.Of(operation.OperationId!);
        foreach (var (status, answer) in operation.Responses!)
        {
            answer.Description = OperationTexts.OfAnswer(int.Parse(status, CultureInfo.InvariantCulture));
        }

        var inQuery = QueryParameter.Of(call).ToDictionary(one => one.Name, StringComparer.Ordinal);
        foreach (var parameter in (operation.Parameters ?? []).Cast<OpenApiParameter>())
        {
            if (inQuery.TryGetValue(parameter.Name!, out var known))
            {
                parameter.Description = ParameterTexts.OfQuery(known.Name);
                known.Describe(parameter);
            }
            else
            {
                parameter.Description = ParameterTexts.OfPath(call.RelativePath!, parameter.Name!);
                BoundInPath((OpenApiSchema)parameter.Schema!, parameter.Name!);
            }
        }

        if (operation.RequestBody is OpenApiRequestBody { Content: { } content } body)
        {
            body.Required = true;
            body.Description = "What the call is about; what it does not have is refused.";
            if (content.TryGetValue(AnswerFormat.CsvType, out var file))
            {
                body.Description = "The file: a line of column names and a line a traveller, in UTF-8 or Windows-1252.";
                // In bytes, which are as many as characters or more.
                file.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Limits.ImportBytesMax };
            }
        }
    }

    private static void BoundInPath(OpenApiSchema schema, string name)
    {
        if (schema.Type == JsonSchemaType.String && schema.Format is null)
        {
            schema.MaxLength = name == "token" ? TokenHash.TokenCharactersMax : Limits.OperatorCodeCharactersMax;
        }
        else if (schema.Type != JsonSchemaType.String)
        {
            (schema.Minimum, schema.Maximum) = ("1", long.MaxValue.ToString(CultureInfo.InvariantCulture));
        }
    }

    // What answers 412 looks at If-Match, and nothing else does.
    private static void AddHeaders(OpenApiOperation operation, string? method)
    {
        if (method == HttpMethods.Post)
        {
            AddHeader(
                operation, Idempotency.Header,
                "A key of the caller's own: the same key with the same request gets the same answer, for a day.",
                new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    MinLength = 1,
                    MaxLength = Limits.IdempotencyKeyCharactersMax,
                    Pattern = "^[!-~]+$",
                });
        }

        if (operation.Responses?.ContainsKey("412") == true)
        {
            AddHeader(
                operation, HeaderNames.IfMatch, "The ETag that was read: 412 when it was changed since.",
                new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Limits.IfMatchCharactersMax });
        }
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description, OpenApiSchema schema) =>
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = schema,
        });
}
