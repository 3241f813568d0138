using System.Reflection;
using System.Text.Json;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Http.Metadata;

namespace Authorisation.Admin.Web;

/// <summary>
/// The JSON body of a request. What is wrong with it is reported only when the handler asks for it, after it has found
/// out whether the caller may do this at all.
/// </summary>
internal sealed class Body<T> : IBody, IEndpointParameterMetadataProvider
    where T : class
{
    private readonly T? _value;
    private readonly Exception? _fault;
    private readonly HashSet<string> _present;

    private Body(T? value, Exception? fault, HashSet<string> present, IReadOnlySet<string> missing, byte[] bytes)
    {
        _value = value;
        _fault = fault;
        _present = present;
        Missing = missing;
        Bytes = bytes;
    }

    /// <summary>What was sent.</summary>
    internal T Value => _value ?? throw _fault!;

    /// <summary>As it was sent, to compare a repeated request with.</summary>
    internal byte[] Bytes { get; }

    /// <inheritdoc/>
    public IReadOnlySet<string> Missing { get; }

    /// <summary>Whether a field was sent, be it as null.</summary>
    internal bool Has(string field) => _present.Contains(field);

    /// <summary>A field of a change, which stays as it is unless it was sent.</summary>
    internal Sent<TField> Sent<TField>(string field, TField? value) => Has(field) ? value : default(Sent<TField>);

    /// <summary>Called by the framework.</summary>
    public static async ValueTask<Body<T>?> BindAsync(HttpContext context)
    {
        if (await RequestBody.ReadAsync(context, Limits.JsonBodyBytesMax, Limits.JsonBodyTime) is not { } bytes)
        {
            return Faulty(Problems.NoSession(), []);
        }

        try
        {
            if (!context.Request.HasJsonContentType())
            {
                return Faulty(new HttpProblemException(StatusCodes.Status415UnsupportedMediaType, "not_json", "Send the body as application/json."), bytes);
            }

            using var document = JsonDocument.Parse(bytes);
            var body = document.RootElement;
            if (body.ValueKind != JsonValueKind.Object)
            {
                return Faulty(Malformed("The body must be a JSON object."), bytes);
            }

            var check = BodyCheck.Of(body, typeof(T));
            return check.Errors.Count > 0
                ? Faulty(Problems.Fields(check.Errors), bytes)
                : new Body<T>(
                    body.Deserialize<T>(ApiJson.Options), null, [.. body.EnumerateObject().Select(property => property.Name)],
                    check.Missing, bytes);
        }
        catch (JsonException)
        {
            return Faulty(Malformed("The body is not valid JSON."), bytes);
        }
    }

    /// <summary>Adds to the API's description what body the call takes.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    private static Body<T> Faulty(Exception fault, byte[] bytes) =>
        new(null, fault, [], new HashSet<string>(StringComparer.Ordinal), bytes);

    private static HttpProblemException Malformed(string detail) =>
        new(StatusCodes.Status400BadRequest, "malformed_json", detail);

    private sealed class AcceptsMetadata(string[] contentTypes, Type type) : IAcceptsMetadata
    {
        public IReadOnlyList<string> ContentTypes => contentTypes;

        public Type? RequestType => type;

        public bool IsOptional => false;
    }
}
