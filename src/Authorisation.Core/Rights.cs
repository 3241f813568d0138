namespace Authorisation.Core;

/// <summary>What each kind of caller may see and do, as in the contract's table.</summary>
public static class Rights
{
    /// <summary>
    /// Whether a caller may spend on an instrument of its operator: validators and consoles on cards, app back ends on
    /// any app account, an app on its own account.
    /// </summary>
    public static bool MayAuthorise(Actor actor, Instrument instrument) => actor.Kind switch
    {
        ClientKind.Validator or ClientKind.Console => instrument.Kind == InstrumentKind.Card,
        ClientKind.AppBackEnd => instrument.Kind == InstrumentKind.App,
        null => instrument.Kind == InstrumentKind.App && instrument.AccountId == actor.AppAccountId,
        _ => false,
    };

    /// <summary>Whether a caller may read what concerns an instrument of its operator: an app its own only.</summary>
    public static bool MaySee(Actor actor, Instrument instrument) =>
        actor.AppAccountId is not { } own || (instrument.Kind == InstrumentKind.App && instrument.AccountId == own);

    /// <summary>Whether a caller of an operator may read an authorisation.</summary>
    public static bool MaySee(Actor actor, int operatorId, AuthorisationEntry entry) =>
        entry.Purchase.Instrument.OperatorId == operatorId
        && (MaySee(actor, entry.Purchase.Instrument) || entry.Purchase.Originator == actor.Originator);

    /// <summary>Whether a caller may report what devices sold offline, and follow the operator's cards.</summary>
    public static bool MayWorkOffline(Actor actor) => actor.Kind is ClientKind.Validator or ClientKind.Console;

    /// <summary>
    /// Whether a caller may do an operation to an authorisation that it may see. A console's day is the operator's
    /// calendar day of the decision; what it began itself it finishes on whatever day, and what it sold itself and
    /// cancelled offline it may report later still. Operator staff, who are the service here, void and refund whatever
    /// there is.
    /// </summary>
    public static bool MayOperate(Operation operation, AuthorisationHistory history, Operator terms, DateTimeOffset now)
    {
        var entry = history.Entry;
        var isOwn = entry.Purchase.Originator == operation.Originator;
        var instrument = entry.Purchase.Instrument.Kind;
        return (operation.Kind, operation.By.Kind) switch
        {
            (OperationKind.Expiry or OperationKind.Match, _) => operation.By.IsService,
            (OperationKind.Void or OperationKind.Refund, null) when operation.By.IsService => true,
            (OperationKind.Refund, ClientKind.Validator) => false,
            (_, ClientKind.Validator) => isOwn,
            (_, ClientKind.Console) => IsFinishing(operation, entry, terms, now)
                || (isOwn && (operation.MadeOffline || entry.IsTombstone))
                || (instrument == InstrumentKind.Card && IsSameDay(entry.DecidedAt, now, terms.TimeZone)),
            (_, ClientKind.AppBackEnd) => instrument == InstrumentKind.App || (entry.IsTombstone && isOwn),
            (OperationKind.Refund, null) => false,
            (_, null) => isOwn && (entry.IsTombstone || entry.Decision == Decision.Declined
                || (entry.Purchase.Hold && history.RecordedState is not (AuthorisationState.Captured or AuthorisationState.Refunded))),
            _ => false,
        };
    }

    /// <summary>
    /// Whether this is an originator that finishes what it began: it captures its own hold or voids its own purchase,
    /// within <see cref="Operator.OriginatorTime"/>. Neither midnight nor the close of a month prevents that.
    /// </summary>
    public static bool IsFinishing(Operation operation, AuthorisationEntry entry, Operator terms, DateTimeOffset now) =>
        operation.Kind is OperationKind.Capture or OperationKind.Void
        && !operation.By.IsService
        && entry.Purchase.Originator == operation.Originator
        && now < entry.DecidedAt + terms.OriginatorTime;

    private static bool IsSameDay(DateTimeOffset one, DateTimeOffset other, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(one, zone).Date == TimeZoneInfo.ConvertTime(other, zone).Date;
}
