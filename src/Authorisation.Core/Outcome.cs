namespace Authorisation.Core;

/// <summary>The answer of <see cref="Decide"/> to one request.</summary>
public sealed record Outcome
{
    /// <summary>What became of it.</summary>
    public required OutcomeKind Kind { get; init; }

    /// <summary>The decision, new or replayed; <see langword="null"/> when nothing was decided.</summary>
    public AuthorisationEntry? Entry { get; init; }

    /// <summary>The account's balance afterwards, in the month of the decision; set when <see cref="OutcomeKind.Decided"/>.</summary>
    public Balance BalanceAfter { get; init; }

    /// <summary>The contract's names of the fields that differ; empty unless <see cref="OutcomeKind.DiffersFromFirst"/>.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];
}
