namespace Authorisation.Administration.Access;

/// <summary>What a session is used with; the token is shown here only.</summary>
/// <param name="Token">To be sent with each call, as <c>Authorization: Bearer …</c>.</param>
/// <param name="ExpiresAt">When the session ends by itself.</param>
public sealed record SessionView(string Token, DateTime ExpiresAt);
