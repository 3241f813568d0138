using Authorisation.Administration.Work;

namespace Authorisation.Admin.Web;

/// <summary>An error as RFC 9457 has it, with a code for programs and the fields that are wrong.</summary>
/// <param name="Type">A URN that ends with the code.</param>
/// <param name="Title">The code in words; the same for every problem of the code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened this time, for people.</param>
/// <param name="Code">The code by which programs distinguish problems.</param>
/// <param name="Errors">The fields that are wrong, all of them at once; absent when none is to blame.</param>
internal sealed record Problem(
    string Type, string Title, int Status, string Detail, string Code, IReadOnlyList<FieldError>? Errors)
{
    /// <summary>The media type of problems.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>The documents that are to be accepted first; absent where it is not about that.</summary>
    public IReadOnlyList<TermsToAccept>? Terms { get; init; }

    /// <summary>Describes a refusal of an operation.</summary>
    public static Problem Of(RefusedException refused) =>
        Of(ProblemStatus.Of(refused.Problem), refused.Code, refused.Message, refused.Errors) with { Terms = refused.Terms };

    /// <summary>Describes a problem.</summary>
    public static Problem Of(int status, string code, string detail, IReadOnlyList<FieldError>? errors = null) => new(
        "urn:authorisation:problem:" + code,
        char.ToUpperInvariant(code[0]) + code[1..].Replace('_', ' '),
        status,
        detail,
        code,
        errors);
}
