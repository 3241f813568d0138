namespace Authorisation.Administration.Work;

/// <summary>
/// What is wrong with a field, for programs that show their own text. A closed list: a code never changes its meaning.
/// </summary>
public enum FieldCode
{
    /// <summary>It is missing and must be given.</summary>
    Required = 1,

    /// <summary>The call has no such field or parameter, the template no such column.</summary>
    Unknown = 2,

    /// <summary>It is of another JSON kind, such as a text instead of a number.</summary>
    WrongKind = 3,

    /// <summary>It is longer than <c>max</c>.</summary>
    TooLong = 4,

    /// <summary>It is a number below <c>min</c> or above <c>max</c>, or a text whose length is.</summary>
    OutOfRange = 5,

    /// <summary>It has characters that it must not have.</summary>
    Characters = 6,

    /// <summary>It is none of <c>allowed</c>.</summary>
    NotOneOf = 7,

    /// <summary>It is not of the form that it must have, or its check digit is wrong.</summary>
    Malformed = 8,

    /// <summary>It names what is not there, or is not the caller's to see.</summary>
    NotFound = 9,

    /// <summary>It already belongs to something or someone else.</summary>
    Taken = 10,

    /// <summary>It is given more than once.</summary>
    Repeated = 11,

    /// <summary>The caller's rights do not allow it.</summary>
    NotAllowed = 12,

    /// <summary>It does not go with the other fields, or with how things stand.</summary>
    NotPossible = 13,

    /// <summary>A spreadsheet has changed it beyond repair.</summary>
    Damaged = 14,
}
