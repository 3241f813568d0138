namespace Authorisation.Core;

/// <summary>Who may see and do what, as the contract's table has it.</summary>
public static class Rights
{
    /// <summary>
    /// Whether somebody may spend on an instrument of its operator: validators and consoles on cards, app back ends on
    /// any app account, an app on its own account.
    /// </summary>
    public static bool MayAuthorise(Actor actor, Instrument instrument) => actor.Kind switch
    {
        ClientKind.Validator or ClientKind.Console => instrument.Kind == InstrumentKind.Card,
        ClientKind.AppBackEnd => instrument.Kind == InstrumentKind.App,
        null => instrument.Kind == InstrumentKind.App && instrument.AccountId == actor.AppAccountId,
        _ => false,
    };

    /// <summary>Whether somebody may read what concerns an instrument of its operator: an app its own only.</summary>
    public static bool MaySee(Actor actor, Instrument instrument) =>
        actor.AppAccountId is not { } own || (instrument.Kind == InstrumentKind.App && instrument.AccountId == own);

    /// <summary>Whether somebody of an operator may read an authorisation.</summary>
    public static bool MaySee(Actor actor, int operatorId, AuthorisationEntry entry) =>
        entry.Purchase.Instrument.OperatorId == operatorId
        && (MaySee(actor, entry.Purchase.Instrument) || entry.Purchase.Maker == actor.Maker);

    /// <summary>Whether somebody may report what devices sold out of reach, and follow the operator's cards.</summary>
    public static bool MayWorkOffline(Actor actor) => actor.Kind is ClientKind.Validator or ClientKind.Console;

    /// <summary>
    /// Whether somebody may do an operation to an authorisation that it may see. A console's day is the operator's
    /// calendar day of the decision; what it sold itself and cancelled out of reach it may report later too.
    /// </summary>
    public static bool MayOperate(Operation operation, AuthorisationHistory history, TimeZoneInfo zone, DateTimeOffset now)
    {
        var entry = history.Entry;
        var isOwn = entry.Purchase.Maker == operation.Maker;
        var instrument = entry.Purchase.Instrument.Kind;
        return (operation.Kind, operation.By.Kind) switch
        {
            (OperationKind.Expiry or OperationKind.Match, _) => operation.By.IsService,
            (OperationKind.Refund, ClientKind.Validator) => false,
            (_, ClientKind.Validator) => isOwn,
            (_, ClientKind.Console) => (operation.MadeOffline && isOwn)
                || ((instrument == InstrumentKind.Card || (entry.IsMark && isOwn)) && IsSameDay(entry.DecidedAt, now, zone)),
            (_, ClientKind.AppBackEnd) => instrument == InstrumentKind.App || (entry.IsMark && isOwn),
            (OperationKind.Refund, null) => false,
            (_, null) => isOwn && (entry.IsMark || entry.Decision == Decision.Declined
                || (entry.Purchase.Hold && history.RecordedState is not (AuthorisationState.Captured or AuthorisationState.Refunded))),
            _ => false,
        };
    }

    private static bool IsSameDay(DateTimeOffset one, DateTimeOffset other, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(one, zone).Date == TimeZoneInfo.ConvertTime(other, zone).Date;
}
