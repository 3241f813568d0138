using Authorisation.Core;

namespace Authorisation.Ledger.Access;

/// <summary>The caller that a token stands for: a client or an app account, exactly one of them.</summary>
/// <param name="OperatorId">The one operator that the token is good for.</param>
/// <param name="ClientId">The client; <see langword="null"/> for an app.</param>
/// <param name="ClientKind">What kind of client; <see langword="null"/> for an app.</param>
/// <param name="AppAccountId">The account of the app; <see langword="null"/> for a client.</param>
/// <param name="CertificateSha256">
/// The client certificate that the connection must have, as upper-case hex of its SHA-256; <see langword="null"/> for
/// none.
/// </param>
public sealed record AccessGrant(
    int OperatorId, long? ClientId, ClientKind? ClientKind, Guid? AppAccountId, string? CertificateSha256);
