namespace Authorisation.Core;

/// <summary>What became of a request to authorise.</summary>
public enum OutcomeKind
{
    /// <summary>Decided now; the entry is new.</summary>
    Decided,

    /// <summary>Decided before, with the same fields; the entry is that decision.</summary>
    Replayed,

    /// <summary>The id was used before with other fields; nothing was decided.</summary>
    DiffersFromFirst,

    /// <summary>The id belongs to another client; nothing was decided.</summary>
    TakenByAnother,
}
