namespace Authorisation.Ledger.Access;

/// <summary>A token that was given or ended.</summary>
/// <param name="Token">The token's hash.</param>
/// <param name="Grant">The client or app account that it stands for; <see langword="null"/> when it ended.</param>
public readonly record struct AccessChange(TokenHash Token, AccessGrant? Grant);
