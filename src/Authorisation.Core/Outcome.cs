namespace Authorisation.Core;

/// <summary>The answer of <see cref="Decide"/> to one command.</summary>
public sealed record Outcome
{
    /// <summary>What became of it.</summary>
    public required OutcomeKind Kind { get; init; }

    /// <summary>
    /// When <see cref="OutcomeKind.Decided"/>, the entry to be written, if there is a new one; for a purchase that is
    /// <see cref="OutcomeKind.Replayed"/>, the decision that stands.
    /// </summary>
    public AuthorisationEntry? Entry { get; init; }

    /// <summary>
    /// When <see cref="OutcomeKind.Decided"/>, the operation to be written, if there is one; for an operation or an
    /// advice that is <see cref="OutcomeKind.Replayed"/>, the one that was recorded.
    /// </summary>
    public OperationEntry? Operation { get; init; }

    /// <summary>The authorisation as it is afterwards; set for operations and advices that were done.</summary>
    public AuthorisationHistory? History { get; init; }

    /// <summary>
    /// The account's balance after a purchase, or an advice of a new one, in the month that it counts in; set when one
    /// is decided.
    /// </summary>
    public Balance BalanceAfter { get; init; }

    /// <summary>Why not; set when <see cref="OutcomeKind.Refused"/>.</summary>
    public Refusal Refusal { get; init; }

    /// <summary>
    /// The contract's names of the fields that differ; empty unless <see cref="OutcomeKind.DiffersFromFirst"/>.
    /// </summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    /// <summary>Nothing was done; the kind is the whole reason.</summary>
    internal static Outcome Of(OutcomeKind kind) => new() { Kind = kind };

    /// <summary>Nothing was done, because of the authorisation's state.</summary>
    internal static Outcome Refuse(Refusal refusal) => new() { Kind = OutcomeKind.Refused, Refusal = refusal };

    /// <summary>Nothing was done: the id is already used for something else.</summary>
    internal static Outcome Differs(IReadOnlyList<string> differences) =>
        new() { Kind = OutcomeKind.DiffersFromFirst, Differences = differences };
}
