namespace Authorisation.Ledger.Activation;

/// <summary>What an app back end sends to connect an app.</summary>
/// <param name="OperatorId">The operator of the client.</param>
/// <param name="ClientId">The client.</param>
/// <param name="Login">What the traveller typed beside the code, as it is stored.</param>
/// <param name="Code">The code.</param>
/// <param name="ActivationId">The client's id of this activation, to ask again with.</param>
/// <param name="DeviceName">Shown to administrators.</param>
/// <param name="TermsVersion">The version that the traveller accepted of each kind of terms that is not named.</param>
/// <param name="Terms">The versions that the traveller accepted, by kind.</param>
public sealed record ActivationRequest(
    int OperatorId,
    long ClientId,
    string Login,
    string Code,
    Guid ActivationId,
    string? DeviceName,
    string? TermsVersion,
    IReadOnlyDictionary<string, string> Terms);
