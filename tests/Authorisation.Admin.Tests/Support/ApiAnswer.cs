using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Authorisation.Admin.Tests.Support;

/// <summary>An answer of the API, with its body taken apart.</summary>
internal sealed record ApiAnswer(int Status, string Text, string? ContentType, string? Tag, string? Location)
{
    /// <summary>What a file is to be saved as.</summary>
    public string? FileName { get; init; }

    /// <summary>After how many seconds it may be tried again.</summary>
    public double? RetryAfterSeconds { get; init; }

    /// <summary>The body.</summary>
    public JsonObject Body => JsonNode.Parse(Text)!.AsObject();

    /// <summary>What is on the page.</summary>
    public IReadOnlyList<JsonObject> Items => [.. Body["items"]!.AsArray().Select(one => one!.AsObject())];

    /// <summary>The id of what is shown.</summary>
    public Guid Id => Guid.Parse(this["id"]!);

    /// <summary>A text of the body.</summary>
    public string? this[string name] => Body[name]?.ToString();

    /// <summary>The code of a problem.</summary>
    public string? Code => ContentType == "application/problem+json" ? this["code"] : null;

    /// <summary>The fields that a problem names, in order.</summary>
    public string Fields => string.Join(',', (Body["errors"]?.AsArray() ?? []).Select(one => one!["field"]!.ToString()));

    /// <summary>The fields that are wrong in a file, each with its line and column.</summary>
    public string Places => string.Join(
        ',', Body["errors"]!.AsArray().Select(one => $"{one!["field"]} {one["line"]}:{one["column"]}"));

    /// <summary>Checks the status and goes on.</summary>
    public ApiAnswer Is(HttpStatusCode status) => Is((int)status);

    /// <summary>Checks the status and goes on.</summary>
    public ApiAnswer Is(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Text}");
        return this;
    }

    /// <summary>Checks that it is a problem as RFC 9457 has it, of this status and code.</summary>
    public ApiAnswer IsProblem(int status, string code)
    {
        Is(status);
        Assert.Equal(("application/problem+json", code, status), (ContentType, Code, (int)Body["status"]!));
        Assert.False(string.IsNullOrEmpty(this["title"]) || string.IsNullOrEmpty(this["detail"]) || string.IsNullOrEmpty(this["type"]));
        return this;
    }

    /// <summary>Checks that it refuses exactly these fields.</summary>
    public ApiAnswer RefusesFields(params string[] fields)
    {
        IsProblem(400, "invalid_fields");
        Assert.Equal(
            string.Join(',', fields.Order(StringComparer.Ordinal)),
            string.Join(',', Fields.Split(',').Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
        return this;
    }
}
