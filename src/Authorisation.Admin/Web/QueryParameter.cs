using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.OpenApi;

namespace Authorisation.Admin.Web;

/// <summary>
/// A parameter that a call has in its address: what kind it is of, and what <see cref="RangeAttribute"/> or
/// <see cref="AllowedValuesAttribute"/>, <see cref="WordsOfAttribute"/> or <see cref="RegularExpressionAttribute"/> bounds it
/// to; a text is bounded by its name.
/// </summary>
internal sealed record QueryParameter
{
    private const string DayPattern = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

    private readonly Type _type;
    private readonly (int Min, int Max)? _range;
    private readonly string[]? _allowed;
    private readonly string? _pattern;

    private QueryParameter(string name, ParameterInfo parameter)
    {
        Name = name;
        _type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        _range = parameter.GetCustomAttribute<RangeAttribute>() is { } range ? ((int)range.Minimum, (int)range.Maximum) : null;
        _allowed = parameter.GetCustomAttribute<WordsOfAttribute>()?.All.ToArray()
            ?? parameter.GetCustomAttribute<AllowedValuesAttribute>()?.Values.OfType<string>().ToArray();
        _pattern = parameter.GetCustomAttribute<RegularExpressionAttribute>()?.Pattern;
    }

    /// <summary>Its name in the address.</summary>
    public string Name { get; }

    /// <summary>The parameters of a call.</summary>
    public static IReadOnlyList<QueryParameter> Of(ApiDescription call) =>
    [
        .. call.ParameterDescriptions.Where(one => one.Source == BindingSource.Query).Select(one => new QueryParameter(
            one.Name, ((IParameterInfoParameterDescriptor)one.ParameterDescriptor).ParameterInfo)),
    ];

    /// <summary>What is wrong with a value, if anything is.</summary>
    public FieldError? Check(string text)
    {
        if (_allowed is not null)
        {
            return _allowed.Contains(text, StringComparer.Ordinal) ? null : Fields.NotOneOf(Name, _allowed);
        }

        return _type switch
        {
            _ when _type == typeof(string) => CheckText(text),
            _ when _type == typeof(int) => CheckNumber(text),
            _ when _type == typeof(Guid) => Guid.TryParse(text, out _)
                ? null : new FieldError(Name, FieldCode.WrongKind, "must be an id, which is a UUID"),
            _ when _type == typeof(bool) => bool.TryParse(text, out _)
                ? null : new FieldError(Name, FieldCode.WrongKind, "must be true or false") { Allowed = ["true", "false"] },
            _ when _type == typeof(DateOnly) => IsDay(text)
                ? null : new FieldError(Name, FieldCode.Malformed, "must be a day as YYYY-MM-DD, such as 2026-11-30"),
            _ when _type == typeof(CreditMonth) => CreditMonth.TryParse(text, out _)
                ? null : new FieldError(Name, FieldCode.Malformed, Words.NoMonth),
            _ => throw new InvalidOperationException($"What {Name} must be is not known: it is of the type {_type}."),
        };
    }

    /// <summary>Adds its bounds to the API's description, beyond those that are found by themselves.</summary>
    public void Describe(OpenApiParameter parameter)
    {
        if (_allowed is not null)
        {
            parameter.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. _allowed.Select(word => JsonValue.Create(word))],
            };
        }
        else if (_type == typeof(string))
        {
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = TextCharactersMax, Pattern = _pattern };
        }
        else if (_type == typeof(DateOnly))
        {
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = DayPattern, MaxLength = Limits.DayCharacters };
        }
        else if (_type == typeof(CreditMonth))
        {
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = MonthAttribute.Pattern, MaxLength = MonthAttribute.Characters };
        }
    }

    // One name means the same in every call.
    private int TextCharactersMax => Name switch
    {
        "bearer" => Limits.BearerDigits,
        "billing_reference" => Limits.BillingReferenceCharactersMax,
        "operator" => Limits.OperatorCodeCharactersMax,
        "page_token" => Limits.PageTokenCharactersMax,
        "pay_type" => Limits.CodeCharactersMax,
        "q" => Limits.SearchCharactersMax,
        "subject" => Limits.SubjectCharactersMax,
        _ => throw new InvalidOperationException($"How long {Name} may be is not known."),
    };

    private FieldError? CheckText(string text) => text.Length > TextCharactersMax
        ? Fields.TooLong(Name, TextCharactersMax)
        : text.Contains('\0', StringComparison.Ordinal)
            ? new FieldError(Name, FieldCode.Characters, BodyCheck.NoNull)
            : _pattern is not null && !Regex.IsMatch(text, _pattern, RegexOptions.NonBacktracking)
                ? new FieldError(Name, FieldCode.Malformed, $"must be of the form {_pattern}")
                : null;

    private static bool IsDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private FieldError? CheckNumber(string text)
    {
        var (min, max) = _range ?? (int.MinValue, int.MaxValue);
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number >= min && number <= max ? null : Fields.OutOfRange(Name, min, max)
            : new FieldError(Name, FieldCode.WrongKind, $"must be a whole number, {min} to {max}") { Min = min, Max = max };
    }
}
