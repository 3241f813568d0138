namespace Authorisation.Administration.Work;

/// <summary>The refusals that more than one operation gives.</summary>
internal static class Problems
{
    /// <summary>For what is not there and for what the principal may not see.</summary>
    public static RefusedException NotFound() => new(ProblemCode.NotFound, "There is nothing here that you may see.");

    /// <summary>For what the principal sees and may not do.</summary>
    public static RefusedException Forbidden(string detail = "Your rights do not allow this.") => new(ProblemCode.Forbidden, detail);

    /// <summary>Every field that is wrong.</summary>
    public static RefusedException Fields(IReadOnlyList<FieldError> errors) =>
        new(ProblemCode.InvalidFields, "Some fields are not as they must be.", errors);

    /// <summary>One field that is wrong.</summary>
    public static RefusedException Field(string field, FieldCode code, string message) => Fields([new FieldError(field, code, message)]);

    /// <summary>Another caller changed it first.</summary>
    public static RefusedException Changed() =>
        new(ProblemCode.ChangedByAnother, "It was changed since you read it: read it again.");

    /// <summary>The organisation that a request names, which it must.</summary>
    /// <exception cref="RefusedException">It names none.</exception>
    public static Guid RequireOrganisationId(Guid? asked) =>
        asked ?? throw Field("organisation_id", FieldCode.Required, "is required: the id of an organisation");

    /// <summary>The caller has no session.</summary>
    public static RefusedException NoSession() => new(
        ProblemCode.NoSession, "Sign in first: POST /v1/sessions gives a token, to be sent as `Authorization: Bearer …`.");

    /// <summary>The caller has not shown to have a telephone.</summary>
    public static RefusedException NoPhoneSession() => new(
        ProblemCode.NoSession,
        "Show first which telephone you have: POST …/codes and …/sessions of this link give a token, to be sent as "
        + "`Authorization: Bearer …`.");

    /// <summary>Too many tries, with how long to wait.</summary>
    public static RefusedException TooMany(TimeSpan retryAfter) =>
        new(ProblemCode.TooMany, "Too many tries; wait a minute.") { RetryAfter = retryAfter };

    /// <summary>Too many, which says why and after how long it may be tried again.</summary>
    public static RefusedException TooMany(string why, TimeSpan retryAfter) =>
        new(ProblemCode.TooMany, $"{why} Try again in {Words.Minutes(retryAfter)}.") { RetryAfter = retryAfter };
}
