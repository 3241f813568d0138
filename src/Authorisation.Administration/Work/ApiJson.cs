using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Authorisation.Administration.Work;

/// <summary>How JSON is written and read: snake_case, enumerations as words, absent instead of null.</summary>
internal static class ApiJson
{
    /// <summary>The options; never changed after the start.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));
        // With what knows the types, for a body to be compared with one before anything was read or written by them.
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Sets the options of the API.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.DictionaryKeyPolicy = null;
        // Letters as they are: this is JSON and never part of a page.
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }
}
