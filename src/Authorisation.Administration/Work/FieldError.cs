namespace Authorisation.Administration.Work;

/// <summary>A field of a request that is wrong, and what it must be instead.</summary>
/// <param name="Field">
/// Its name in the API, with dots where it lies deeper. In a file: the name of the column as the file has it, or
/// <c>file</c> where the file itself is wrong.
/// </param>
/// <param name="Code">What is wrong, for programs.</param>
/// <param name="Message">What it must be, for people.</param>
/// <param name="Line">In a file: the line, from 1.</param>
/// <param name="Column">In a file: the column, from 1.</param>
public sealed record FieldError(string Field, FieldCode Code, string Message, int? Line = null, int? Column = null)
{
    /// <summary>The least that it may be, where that is a number.</summary>
    public long? Min { get; init; }

    /// <summary>The most that it may be or have, where that is a number.</summary>
    public long? Max { get; init; }

    /// <summary>What it may be, where that is a list.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }
}
