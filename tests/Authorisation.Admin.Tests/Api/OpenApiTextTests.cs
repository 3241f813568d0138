using System.Text.Json.Nodes;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// What the API's description says to people, and its bounds: all of it says something, and nothing is without a limit.
/// </summary>
public sealed class OpenApiTextTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Every_call_parameter_schema_and_field_says_what_it_is()
    {
        var document = await ApiDocument.ReadAsync(Host);
        var silent = new List<string>();

        foreach (var operation in document.Operations)
        {
            Require(operation.Json["summary"], operation.Id + " summary");
            Require(operation.Json["description"], operation.Id + " description");
            foreach (var parameter in operation.Parameters)
            {
                Require(parameter["description"], $"{operation.Id} {parameter["name"]}");
            }

            foreach (var (status, answer) in operation.Json["responses"]!.AsObject())
            {
                Require(answer!["description"], $"{operation.Id} {status}");
            }

            if (operation.Json["requestBody"] is { } body)
            {
                Require(body["description"], operation.Id + " body");
            }
        }

        foreach (var (name, schema) in document.Schemas)
        {
            Require(schema["description"], name);
            silent.AddRange(document.FieldsOf(schema).Where(field => field.Description is not { Length: > 3 }).Select(field => $"{name}.{field.Path}"));
        }

        Assert.True(silent.Count == 0, "Nothing is said of " + string.Join(", ", silent.Distinct(StringComparer.Ordinal)));
        // Nothing of how it is programmed.
        Assert.DoesNotMatch("<see|<c>|cref|Async\\b", document.Root.ToJsonString().Replace("\\u003C", "<", StringComparison.Ordinal));

        void Require(JsonNode? text, string of)
        {
            if (text?.ToString() is not { Length: > 3 })
            {
                silent.Add(of);
            }
        }
    }

    [Fact]
    public async Task Everything_that_a_call_takes_has_bounds()
    {
        var document = await ApiDocument.ReadAsync(Host);
        var unbounded = new List<string>();

        foreach (var operation in document.Operations)
        {
            foreach (var parameter in operation.Parameters)
            {
                Check(parameter["schema"]!.AsObject(), $"{operation.Id} {parameter["name"]}");
            }

            foreach (var (type, content) in operation.Json["requestBody"]?["content"]?.AsObject() ?? [])
            {
                Check(document.Resolve(content!["schema"]!), $"{operation.Id} {type}");
                foreach (var field in document.FieldsOf(content["schema"]!))
                {
                    Check(field.Schema, $"{operation.Id} {field.Path}");
                }
            }
        }

        Assert.Empty(unbounded);

        void Check(JsonObject schema, string of)
        {
            var isBounded = TypeOf(schema) switch
            {
                "string" => schema["maxLength"] is not null || schema["enum"] is not null || schema["format"]?.ToString() is "uuid" or "date",
                "integer" or "number" => schema["minimum"] is not null && schema["maximum"] is not null,
                _ => true,
            };
            if (!isBounded)
            {
                unbounded.Add($"{of}: {schema.ToJsonString()}");
            }

            foreach (var deeper in new[] { schema["items"], schema["additionalProperties"] }.OfType<JsonObject>())
            {
                Check(document.Resolve(deeper), of + "[]");
            }
        }
    }

    [Fact]
    public async Task What_is_always_in_an_answer_is_required_and_null_only_where_null_is_sent()
    {
        var document = await ApiDocument.ReadAsync(Host);

        var answers = document.Operations
            .SelectMany(operation => operation.Json["responses"]!.AsObject())
            .Where(answer => answer.Key[0] == '2')
            .SelectMany(answer => answer.Value!["content"]?.AsObject().Select(content => content.Value!["schema"]!) ?? [])
            .SelectMany(schema => document.FieldsOf(schema)).ToList();
        Assert.All(answers.Where(field => field.CanBeNull), field => Assert.Equal("next_page_token", field.Path));
        Assert.Equal(
            """["id","organisation_id","email","shared","sign_in"]""", document.Schemas["TravellerView"]["required"]!.ToJsonString());
    }

    private static string? TypeOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray types => types.Select(one => one!.ToString()).First(one => one != "null"),
        { } one => one.ToString(),
        _ => null,
    };
}
