namespace Authorisation.Ledger.Activation;

/// <summary>What came of an activation.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="AccountId">The account, when it was activated.</param>
/// <param name="Token">The app's token, when it was activated: shown here and never again.</param>
public sealed record ActivationResult(ActivationOutcome Outcome, Guid AccountId, string Token)
{
    /// <summary>The versions of terms in force, by kind, when they were not accepted.</summary>
    public IReadOnlyDictionary<string, string> Terms { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
