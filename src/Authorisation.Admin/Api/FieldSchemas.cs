using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Authorisation.Admin.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Authorisation.Admin.Api;

/// <summary>
/// What the API's description says of fields beside their kind: which are required, which can be null, and their
/// bounds. The framework takes every parameter of a record for required and everything that the code can have as null
/// for null in JSON.
/// </summary>
internal static class FieldSchemas
{
    // Set by the framework on a field whose schema is shared, and made a choice between that schema and null.
    private const string NullableMark = "x-is-nullable-property";

    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken stop)
    {
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema.Required = context.JsonTypeInfo.Properties.Where(IsRequired).Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        }

        if (context.JsonPropertyInfo is { } field)
        {
            if (!CanBeNull(field))
            {
                schema.Type &= ~JsonSchemaType.Null;
                schema.Metadata?.Remove(NullableMark);
            }

            Bound(schema, field);
        }

        return Task.CompletedTask;
    }

    // Of an answer what is always there; of a body, all of whose fields can be missing as far as the code goes, what is
    // marked.
    private static bool IsRequired(JsonPropertyInfo field) =>
        field.MarkOf<RequiredAttribute>() is not null || !field.IsGetNullable || IsNeverLeftOut(field);

    // Null fields are omitted from answers, and null clears the field in a change.
    private static bool CanBeNull(JsonPropertyInfo field) =>
        field.MarkOf<ClearableAttribute>() is not null || (field.IsGetNullable && IsNeverLeftOut(field));

    private static bool IsNeverLeftOut(JsonPropertyInfo field) =>
        field.MarkOf<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Never };

    private static void Bound(OpenApiSchema schema, JsonPropertyInfo field)
    {
        if (field.MarkOf<MaxLengthAttribute>() is { Length: var max })
        {
            if (schema.Type?.HasFlag(JsonSchemaType.Object) == true)
            {
                schema.MaxProperties = max;
            }
            else if (schema.Type?.HasFlag(JsonSchemaType.Array) == true)
            {
                schema.MaxItems = max;
            }
            else
            {
                schema.MaxLength = max;
            }
        }

        schema.MinLength = field.MarkOf<MinLengthAttribute>()?.Length ?? schema.MinLength;
        schema.Pattern = field.MarkOf<RegularExpressionAttribute>()?.Pattern ?? schema.Pattern;
        if (field.MarkOf<RangeAttribute>() is { } range)
        {
            schema.Minimum = Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
            schema.Maximum = Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        }

        if (field.MarkOf<MonthAttribute>() is not null)
        {
            (schema.Pattern, schema.MaxLength) = (MonthAttribute.Pattern, MonthAttribute.Characters);
        }

        if (field.MarkOf<MaxTextLengthAttribute>() is { CharactersMax: var textMax })
        {
            ((OpenApiSchema)(schema.AdditionalProperties ?? schema.Items)!).MaxLength = textMax;
        }

        if (WordsFor(field) is { } words)
        {
            var ofWhat = schema.Type?.HasFlag(JsonSchemaType.Array) == true ? (OpenApiSchema)schema.Items! : schema;
            ofWhat.Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))];
            ofWhat.Type &= ~JsonSchemaType.Null;
        }
    }

    private static IEnumerable<string>? WordsFor(JsonPropertyInfo field) =>
        field.MarkOf<WordsOfAttribute>()?.All ?? field.MarkOf<AllowedValuesAttribute>()?.Values.OfType<string>();
}
