using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Web;

/// <summary>
/// Compares a JSON body with the type that a call takes, field by field, so that everything that does not fit is
/// reported at once: fields that the call does not have, that are given twice, or are of another kind, and text that
/// cannot be kept.
/// </summary>
internal sealed class BodyCheck
{
    /// <summary>The message for a text with U+0000 in it, which Postgres does not keep.</summary>
    public const string NoNull = "must not contain the character U+0000";

    private readonly List<FieldError> _errors = [];
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    private BodyCheck()
    {
    }

    /// <summary>What does not fit: the first <see cref="Limits.BodyErrorsMax"/> of it.</summary>
    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>The required fields that were not sent, or were sent as null or as blank text.</summary>
    public IReadOnlySet<string> Missing => _missing;

    /// <summary>Compares a body, which is a JSON object, with the type of it.</summary>
    public static BodyCheck Of(JsonElement body, Type type)
    {
        var check = new BodyCheck();
        check.CheckObject("", body, ApiJson.Options.GetTypeInfo(type));
        return check;
    }

    private void CheckValue(string path, JsonElement value, JsonTypeInfo type)
    {
        var isNullable = !type.Type.IsValueType || Nullable.GetUnderlyingType(type.Type) is not null;
        switch (type.Kind, value.ValueKind)
        {
            case (_, JsonValueKind.Null) when isNullable:
                return;
            case (JsonTypeInfoKind.Object, JsonValueKind.Object):
                CheckObject(path, value, type);
                return;
            case (JsonTypeInfoKind.Dictionary, JsonValueKind.Object):
                CheckDictionary(path, value, ApiJson.Options.GetTypeInfo(type.ElementType!));
                return;
            case (JsonTypeInfoKind.Enumerable, JsonValueKind.Array):
                CheckList(path, value, ApiJson.Options.GetTypeInfo(type.ElementType!));
                return;
            case (JsonTypeInfoKind.None, JsonValueKind.String) when type.Type == typeof(string):
                CheckText(path, TextOf(value));
                return;
            case (JsonTypeInfoKind.None, _) when CanRead(value, type):
                return;
            default:
                Add(path, FieldCode.WrongKind, "is not of the kind that this field takes");
                return;
        }
    }

    private void CheckObject(string path, JsonElement body, JsonTypeInfo type)
    {
        var known = type.Properties.ToDictionary(field => field.Name, StringComparer.Ordinal);
        var sent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in body.EnumerateObject())
        {
            if (_errors.Count >= Limits.BodyErrorsMax)
            {
                return;
            }

            if (NameOf(path, property) is not { } name)
            {
                continue;
            }

            if (!known.TryGetValue(name, out var field))
            {
                Add(Below(path, name), FieldCode.Unknown, "is not a field of this call");
            }
            else if (!sent.Add(name))
            {
                Add(Below(path, name), FieldCode.Repeated, "is given more than once");
            }
            else
            {
                CheckValue(Below(path, name), property.Value, ApiJson.Options.GetTypeInfo(field.PropertyType));
                if (IsBlank(property.Value))
                {
                    sent.Remove(name);
                }
            }
        }

        _missing.UnionWith(type.Properties
            .Where(field => !sent.Contains(field.Name) && field.MarkOf<RequiredAttribute>() is not null)
            .Select(field => Below(path, field.Name)));
    }

    private void CheckDictionary(string path, JsonElement body, JsonTypeInfo type)
    {
        var sent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in body.EnumerateObject().TakeWhile(_ => _errors.Count < Limits.BodyErrorsMax))
        {
            if (NameOf(path, property) is not { } name)
            {
                continue;
            }

            CheckText(path, name);
            if (!sent.Add(name))
            {
                Add(Below(path, name), FieldCode.Repeated, "is given more than once");
            }

            CheckValue(Below(path, name), property.Value, type);
        }
    }

    private void CheckList(string path, JsonElement list, JsonTypeInfo type)
    {
        var i = 0;
        foreach (var value in list.EnumerateArray().TakeWhile(_ => _errors.Count < Limits.BodyErrorsMax))
        {
            CheckValue($"{path}[{i++}]", value, type);
        }
    }

    // Nor does Postgres keep half of a surrogate pair.
    private void CheckText(string path, string? text)
    {
        if (text is null)
        {
            Add(path, FieldCode.Characters, "must be Unicode text");
        }
        else if (text.Contains('\0', StringComparison.Ordinal))
        {
            Add(path, FieldCode.Characters, NoNull);
        }
    }

    private string? NameOf(string path, JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            Add(path.Length == 0 ? RequestBody.Field : path, FieldCode.Characters, "must have fields whose names are Unicode text");
            return null;
        }
    }

    private void Add(string field, FieldCode code, string message)
    {
        if (_errors.Count < Limits.BodyErrorsMax)
        {
            _errors.Add(new FieldError(field, code, message));
        }
    }

    private static bool IsBlank(JsonElement value) => value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(TextOf(value)));

    private static bool CanRead(JsonElement value, JsonTypeInfo type)
    {
        try
        {
            value.Deserialize(type);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Null for bytes and escapes that are no text.
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
