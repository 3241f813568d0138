namespace Authorisation.Core;

/// <summary>The caller, as far as its rights depend on it.</summary>
/// <param name="Originator">The client or app; neither for the service.</param>
/// <param name="Kind">What kind of client; <see langword="null"/> for an app and for the service.</param>
public readonly record struct Actor(Originator Originator, ClientKind? Kind)
{
    /// <summary>The service itself: holds that lapse, and the operator's own staff.</summary>
    public static Actor Service { get; } = new(new Originator(ClientId: null, Guid.Empty), Kind: null);

    /// <summary>Whether this is the service itself.</summary>
    public bool IsService => Originator == Service.Originator;

    /// <summary>The account whose app this is; <see langword="null"/> for a client and for the service.</summary>
    public Guid? AppAccountId => Originator.ClientId is null && Originator.AppAccountId != Guid.Empty ? Originator.AppAccountId : null;
}
