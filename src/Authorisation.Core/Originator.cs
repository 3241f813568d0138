namespace Authorisation.Core;

/// <summary>
/// The originator of an authorisation id: a client of the operator, or the app of one account. An id of another
/// originator is refused, and nothing about it is revealed.
/// </summary>
/// <param name="ClientId">The client; <see langword="null"/> for an app.</param>
/// <param name="AppAccountId">The app's account; <see cref="Guid.Empty"/> for a client.</param>
public readonly record struct Originator(long? ClientId, Guid AppAccountId)
{
    /// <summary>A validator, console or app back end.</summary>
    public static Originator Client(long clientId) => new(clientId, Guid.Empty);

    /// <summary>The activated app of an account.</summary>
    public static Originator App(Guid accountId) => new(ClientId: null, accountId);
}
