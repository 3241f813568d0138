namespace Authorisation.Admin.Http;

/// <summary>Ends a request with an error; nothing of what it did stays.</summary>
internal class ProblemException(int status, string code, string detail, IReadOnlyList<FieldError>? errors = null)
    : Exception(detail)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>What programs tell problems apart by.</summary>
    public string Code => code;

    /// <summary>After how long it may be tried again; null where that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The fields that are wrong.</summary>
    public IReadOnlyList<FieldError>? Errors => errors;
}
