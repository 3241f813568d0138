namespace Authorisation.Administration.Work;

/// <summary>Refuses what is being done; nothing of it stays. Each front shows it in its own way.</summary>
/// <param name="problem">Why.</param>
/// <param name="detail">What happened this time, for people.</param>
/// <param name="errors">The fields that are wrong, all of them; null when none is to blame.</param>
internal class RefusedException(ProblemCode problem, string detail, IReadOnlyList<FieldError>? errors = null) : Exception(detail)
{
    /// <summary>Why.</summary>
    public ProblemCode Problem => problem;

    /// <summary>Why a purchase does not allow it, beside <see cref="ProblemCode.OperationRefused"/>.</summary>
    public Core.Refusal? Refusal { get; init; }

    /// <summary>After how long it may be tried again; null where that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What is to be accepted first, beside <see cref="ProblemCode.TermsNotAccepted"/>.</summary>
    public IReadOnlyList<TermsToAccept>? Terms { get; init; }

    /// <summary>The fields that are wrong.</summary>
    public IReadOnlyList<FieldError>? Errors => errors;

    /// <summary>The code by which programs distinguish problems.</summary>
    public string Code => Refusal is { } refusal ? Words.Of(refusal) : Words.Of(problem);
}
