using Authorisation.Core;
using Authorisation.Ledger.Access;

namespace Authorisation.Server.Access;

/// <summary>Who makes a call: a client of an operator, or the activated app of one account.</summary>
/// <param name="Operator">The only operator that the caller sees and touches.</param>
/// <param name="Grant">Whom the token stands for.</param>
public sealed record Caller(Operator Operator, AccessGrant Grant)
{
    /// <summary>Who makes the ids that this caller sends.</summary>
    public Maker Maker => Grant.ClientId is { } client
        ? Maker.Client(client)
        : Maker.App(Grant.AppAccountId!.Value);

    /// <summary>
    /// Whether the caller may spend on the instrument, which is of the caller's operator: validators and consoles on
    /// cards, app back ends on any app account, an app on its own account.
    /// </summary>
    public bool MayAuthorise(Instrument instrument) => Grant.ClientKind switch
    {
        ClientKind.Validator or ClientKind.Console => instrument.Kind == InstrumentKind.Card,
        ClientKind.AppBackEnd => instrument.Kind == InstrumentKind.App,
        null => instrument.Kind == InstrumentKind.App && instrument.AccountId == Grant.AppAccountId,
        _ => false,
    };

    /// <summary>Whether the caller may read what concerns an instrument of its operator: an app its own only.</summary>
    public bool MaySee(Instrument instrument) =>
        Grant.AppAccountId is not { } own || (instrument.Kind == InstrumentKind.App && instrument.AccountId == own);

    /// <summary>Whether the caller may read an entry.</summary>
    public bool MaySee(AuthorisationEntry entry) =>
        entry.Purchase.Instrument.OperatorId == Operator.Id && MaySee(entry.Purchase.Instrument);
}
