namespace Authorisation.Core;

/// <summary>What became of a command.</summary>
public enum OutcomeKind
{
    /// <summary>Decided now: the entry, the operation, or both, are new.</summary>
    Decided,

    /// <summary>Decided before, with the same fields.</summary>
    Replayed,

    /// <summary>The id was used before with other fields; nothing was decided.</summary>
    DiffersFromFirst,

    /// <summary>The id belongs to another client; nothing was decided.</summary>
    TakenByAnother,

    /// <summary>There is no such authorisation, or it is not the caller's to see.</summary>
    NotFound,

    /// <summary>The caller may see the authorisation and not do this to it.</summary>
    NotAllowed,

    /// <summary>The authorisation's state does not allow it; <see cref="Outcome.Refusal"/> says why.</summary>
    Refused,
}
