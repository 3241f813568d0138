using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Authorisation.Admin.Api;
using Authorisation.Admin.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

public sealed class OpenApiTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task The_description_has_every_route_and_nothing_else()
    {
        var document = await DocumentAsync();

        var described = document["paths"]!.AsObject().SelectMany(path =>
            path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}"));
        var there =
            from endpoint in Host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            where endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            select $"{method} {endpoint.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).Replace(":long", "", StringComparison.Ordinal)}";
        Assert.Equal(there.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_generator_finds_names_parameters_bodies_answers_and_problems()
    {
        var document = await DocumentAsync();

        Assert.StartsWith("3.1.", document["openapi"]!.ToString(), StringComparison.Ordinal);
        var operations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(method => (Path: path.Key, Method: method.Key, Operation: method.Value!.AsObject()))).ToList();
        Assert.Equal(operations.Count, operations.Select(one => one.Operation["operationId"]!.ToString()).Distinct(StringComparer.Ordinal).Count());
        foreach (var (path, method, operation) in operations)
        {
            var where = $"{method} {path}";
            var names = (operation["parameters"]?.AsArray() ?? []).Select(one => one!["name"]!.ToString()).ToList();
            foreach (var part in path.Split('/').Where(part => part.StartsWith('{')))
            {
                Assert.True(names.Contains(part.Trim('{', '}'), StringComparer.Ordinal), $"{where} lacks {part}");
            }

            var answers = operation["responses"]!.AsObject();
            Assert.True(answers.Any(answer => answer.Key.StartsWith('2')), where);
            Assert.All(
                answers.Where(answer => answer.Key.StartsWith('4')),
                answer => Assert.NotNull(answer.Value!["content"]!["application/problem+json"]!["schema"]));
            Assert.All(
                answers.Where(answer => answer.Key is "200" or "201" or "202"),
                answer => Assert.True(answer.Value!["content"]!.AsObject().All(content => content.Value!["schema"] is not null), where));
            Assert.DoesNotContain(names, static name => name.Contains("card", StringComparison.OrdinalIgnoreCase));
            if (method == "patch")
            {
                Assert.NotNull(operation["requestBody"]!["content"]!["application/json"]!["schema"]);
            }
        }
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_names_are_in_snake_case()
    {
        var document = await DocumentAsync();
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var reference in References(document))
        {
            var at = reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (node, part) => node?[part.Replace("~1", "/", StringComparison.Ordinal)]);
            Assert.True(at is not null, reference);
        }

        var referred = References(document).Select(one => one.Split('/')[^1]).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(schemas, schema => !referred.Contains(schema.Key));
        Assert.All(
            schemas.SelectMany(schema => schema.Value!["properties"]?.AsObject().Select(property => property.Key) ?? []),
            name => Assert.Matches("^[a-z][a-z0-9_]*$", name));
    }

    [Fact]
    public async Task The_description_is_made_once_and_not_sent_again_to_a_client_that_has_it()
    {
        var cached = Host.Services.GetRequiredService<CachedDescription>();
        var first = await Host.Nobody.GetAsync("/openapi/v1.json");
        var (bytes, tag) = await cached.GetAsync();

        Assert.Same(bytes, (await cached.GetAsync()).Bytes);
        Assert.Equal((tag, System.Text.Encoding.UTF8.GetString(bytes)), (first.Is(200).Tag, first.Text));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var again = await Host.Http.SendAsync(request);
        Assert.Equal((304, 0), ((int)again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task The_page_of_the_description_comes_from_this_host_alone_and_can_reach_no_other()
    {
        using var page = await Host.Http.GetAsync(new Uri("docs/", UriKind.Relative));
        var html = await page.Content.ReadAsStringAsync();
        using var again = await Host.Http.GetAsync(new Uri("docs/", UriKind.Relative));

        Assert.Equal(200, (int)page.StatusCode);
        Assert.Contains("openapi/v1.json", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("https?:|src=\"//|style=|onload", html);
        var scripts = Regex.Matches(html, "<script[^>]*>", RegexOptions.NonBacktracking).Select(tag => tag.Value).ToList();
        Assert.NotEmpty(scripts);
        foreach (var source in scripts.Select(tag => First(tag, "src=\"([^\"]+)\"")).Where(source => source.Length > 0))
        {
            using var script = await Host.Http.GetAsync(new Uri("docs/" + source, UriKind.Relative));
            Assert.Equal((200, "text/javascript"), ((int)script.StatusCode, script.Content.Headers.ContentType!.MediaType));
        }

        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        var nonce = First(policy, "'nonce-([0-9a-f]{32})'");
        Assert.All(scripts, tag => Assert.Contains($"nonce=\"{nonce}\"", tag, StringComparison.Ordinal));
        Assert.StartsWith("default-src 'none'; script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("https?:|\\*|unsafe-eval|script-src[^;]*unsafe-inline", policy);
        Assert.NotEqual(policy, again.Headers.GetValues("Content-Security-Policy").Single(), StringComparer.Ordinal);
        Assert.True(page.Headers.CacheControl!.NoStore);

        static string First(string text, string pattern) => Regex.Match(text, pattern, RegexOptions.NonBacktracking).Groups[1].Value;
    }

    private async Task<JsonObject> DocumentAsync() => (await Host.Nobody.GetAsync("/openapi/v1.json")).Is(200).Body;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(property => property.Key == "$ref" ? [property.Value!.ToString()] : References(property.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };
}
