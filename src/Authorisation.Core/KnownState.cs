namespace Authorisation.Core;

/// <summary>What is known when a command is decided: everything that the answer may depend on.</summary>
public readonly record struct KnownState
{
    /// <summary>
    /// The authorisation that has the command's id already; <see langword="null"/> when there is none.
    /// </summary>
    public AuthorisationHistory? History { get; init; }

    /// <summary>The operation that has the operation's id already; <see langword="null"/> when there is none.</summary>
    public OperationEntry? Operation { get; init; }

    /// <summary>
    /// The account concerned, with the balance of the month that <see cref="Decide.MonthOf"/> names, or of an older
    /// one; <see langword="null"/> when there is none.
    /// </summary>
    public CreditAccount? Account { get; init; }

    /// <summary>The terms of the caller's operator.</summary>
    public required Operator Terms { get; init; }

    /// <summary>The first month of the operator whose invoices are not closed.</summary>
    public CreditMonth FirstOpenMonth { get; init; }

    /// <summary>The moment of decision.</summary>
    public required DateTimeOffset Now { get; init; }
}
