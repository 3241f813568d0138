using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Ledger.Shares;

namespace Authorisation.Server.Contract;

/// <summary>The caller: a client of an operator, or the activated app of one account.</summary>
/// <param name="Operator">The only operator that the caller sees and touches.</param>
/// <param name="Grant">What the token stands for.</param>
/// <param name="Ledger">The place of the operator's ledger among the server's.</param>
public sealed record Caller(Operator Operator, AccessGrant Grant, int Ledger)
{
    /// <summary>The originator of the ids that this caller sends.</summary>
    public Originator Originator => Grant.ClientId is { } client
        ? Originator.Client(client)
        : Originator.App(Grant.AppAccountId!.Value);

    /// <summary>Whose share of what is bounded the caller takes.</summary>
    public Sharer Sharer => new(Operator.Id, Originator);

    /// <summary>The caller, as far as what it may do depends on it.</summary>
    public Actor Actor => new(Originator, Grant.ClientKind);
}
