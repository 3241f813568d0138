namespace Authorisation.Admin.Http;

/// <summary>A field of a request that is wrong, by its name in the API, and what it must be instead.</summary>
/// <param name="Field">The name, with dots where it lies deeper.</param>
/// <param name="Message">What it must be.</param>
/// <param name="Line">In a file: the line, from 1.</param>
/// <param name="Column">In a file: the column, from 1.</param>
internal sealed record FieldError(string Field, string Message, int? Line = null, int? Column = null);
