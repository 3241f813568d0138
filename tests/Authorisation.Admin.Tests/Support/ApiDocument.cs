using System.Text.Json.Nodes;

namespace Authorisation.Admin.Tests.Support;

/// <summary>The API's description, taken apart.</summary>
internal sealed class ApiDocument(JsonObject document)
{
    /// <summary>The description as it is sent.</summary>
    public JsonObject Root => document;

    /// <summary>Every call.</summary>
    public IReadOnlyList<Operation> Operations { get; } =
    [
        .. from path in document["paths"]!.AsObject()
           from method in path.Value!.AsObject()
           select new Operation(method.Key.ToUpperInvariant(), path.Key, method.Value!.AsObject()),
    ];

    /// <summary>Every schema that has a name.</summary>
    public IReadOnlyDictionary<string, JsonObject> Schemas { get; } =
        document["components"]!["schemas"]!.AsObject().ToDictionary(one => one.Key, one => one.Value!.AsObject(), StringComparer.Ordinal);

    /// <summary>Reads it from a host.</summary>
    public static async Task<ApiDocument> ReadAsync(InProcessAdmin host) =>
        new((await host.Nobody.GetAsync("/openapi/v1.json")).Is(200).Body);

    /// <summary>
    /// A schema with the one that it refers to, if it does; the one that is not null, where either is allowed.
    /// </summary>
    public JsonObject Resolve(JsonNode schema)
    {
        var at = (schema["oneOf"] ?? schema["anyOf"])?.AsArray().First(one => one!["type"]?.ToString() != "null") ?? schema;
        return at["$ref"] is { } reference ? Schemas[reference.ToString().Split('/')[^1]] : at.AsObject();
    }

    /// <summary>
    /// Every field that a schema has, with those that lie deeper: its path, its schema, and whether it is required.
    /// </summary>
    public IEnumerable<Field> FieldsOf(JsonNode schema, string path = "")
    {
        var resolved = Resolve(schema);
        var required = (resolved["required"]?.AsArray() ?? []).Select(one => one!.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, field) in resolved["properties"]?.AsObject() ?? [])
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            yield return new Field(at, field!.AsObject(), Resolve(field!), required.Contains(name));
            foreach (var deeper in FieldsOf(field!, at))
            {
                yield return deeper;
            }
        }

        if (resolved["items"] is { } items)
        {
            foreach (var deeper in FieldsOf(items, path + "[]"))
            {
                yield return deeper;
            }
        }
    }

    /// <summary>A call.</summary>
    internal sealed record Operation(string Method, string Path, JsonObject Json)
    {
        public string Id => Json["operationId"]!.ToString();

        public IEnumerable<JsonObject> Parameters => (Json["parameters"]?.AsArray() ?? []).Select(one => one!.AsObject());

        /// <summary>The schema of the JSON that it takes; null when it takes none.</summary>
        public JsonNode? Body => Json["requestBody"]?["content"]?["application/json"]?["schema"];
    }

    /// <summary>A field of a body or an answer.</summary>
    /// <param name="Path">Its name, with dots where it lies deeper.</param>
    /// <param name="Json">As it stands in the schema that has it.</param>
    /// <param name="Schema">What that refers to.</param>
    /// <param name="IsRequired">Whether the schema that has it says so.</param>
    internal sealed record Field(string Path, JsonObject Json, JsonObject Schema, bool IsRequired)
    {
        public string? Description => (Json["description"] ?? Schema["description"])?.ToString();

        public bool Is(string type) => Schema["type"] switch
        {
            JsonArray types => types.Any(one => one!.ToString() == type),
            { } one => one.ToString() == type,
            _ => false,
        };

        public bool CanBeNull => Json["type"] is JsonArray types
            ? types.Any(one => one!.ToString() == "null")
            : (Json["oneOf"] ?? Json["anyOf"])?.AsArray().Any(one => one!["type"]?.ToString() == "null") == true;
    }
}
