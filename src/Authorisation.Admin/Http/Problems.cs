namespace Authorisation.Admin.Http;

/// <summary>The errors that more than one call answers with.</summary>
internal static class Problems
{
    /// <summary>404, for what is not there and for what the caller may not see.</summary>
    public static ProblemException NotFound() => new(
        StatusCodes.Status404NotFound, "not_found", "There is nothing here that you may see.");

    /// <summary>403, for what the caller sees and may not do.</summary>
    public static ProblemException Forbidden(string detail = "Your rights do not allow this.") => new(
        StatusCodes.Status403Forbidden, "forbidden", detail);

    /// <summary>400 with every field that is wrong.</summary>
    public static ProblemException Fields(IReadOnlyList<FieldError> errors) => new(
        StatusCodes.Status400BadRequest, "invalid_fields", "Some fields are not as they must be.", errors);

    /// <summary>400 with one field that is wrong.</summary>
    public static ProblemException Field(string field, FieldCode code, string message) =>
        Fields([new FieldError(field, code, message)]);

    /// <summary>409: the state of things does not allow it.</summary>
    public static ProblemException Conflict(string code, string detail) => new(
        StatusCodes.Status409Conflict, code, detail);

    /// <summary>412: somebody else changed it first.</summary>
    public static ProblemException Changed() => new(
        StatusCodes.Status412PreconditionFailed, "changed_by_another",
        "Somebody changed it since you read it: read it again.");

    /// <summary>401: no session.</summary>
    public static ProblemException NoSession() => new(
        StatusCodes.Status401Unauthorized, "no_session", "Sign in first: POST /v1/sessions gives a token, to be sent as `Authorization: Bearer …`.");

    /// <summary>429, with how long to wait.</summary>
    public static ProblemException TooMany(TimeSpan retryAfter) => new(
        StatusCodes.Status429TooManyRequests, "too_many", "Too many tries; wait a minute.")
    { RetryAfter = retryAfter };

    /// <summary>429, which says why and after how long it may be tried again.</summary>
    public static ProblemException TooMany(string why, TimeSpan retryAfter) => new(
        StatusCodes.Status429TooManyRequests, "too_many", $"{why} Try again in {Words.Minutes(retryAfter)}.")
    {
        RetryAfter = retryAfter,
    };
}
