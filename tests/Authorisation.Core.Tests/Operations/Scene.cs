namespace Authorisation.Core.Tests.Operations;

/// <summary>Authorisations in each state, reached by the rule itself, and commands on them.</summary>
internal static class Scene
{
    public const long Amount = 250_00;

    public static readonly Actor Validator = new(Some.Purchase.Originator, ClientKind.Validator);

    /// <summary>Who may do everything there is to do to a card purchase of today.</summary>
    public static readonly Actor Console = new(Originator.Client(9), ClientKind.Console);

    public static Operation Ask(OperationKind kind, long? amountMinor = null, Actor? by = null) => new()
    {
        Id = Guid.NewGuid(),
        AuthorisationId = Some.Purchase.Id,
        Kind = kind,
        By = by ?? Console,
        AmountMinor = amountMinor,
    };

    public static Advice Advise(Actor? by = null) =>
        new(Guid.NewGuid(), Some.Purchase with { OccurredAt = Some.Now.AddHours(-1) }, by ?? Validator);

    public static Outcome On(
        ICommand command,
        AuthorisationHistory? history,
        DateTimeOffset? now = null,
        CreditAccount? account = null,
        CreditMonth? firstOpen = null,
        OperationEntry? seen = null) => Decide.On(command, new KnownState
        {
            History = history,
            Operation = seen,
            Account = account,
            Terms = Some.Terms,
            FirstOpenMonth = firstOpen ?? default(CreditMonth),
            Now = now ?? Some.Now,
        });

    public static AuthorisationHistory After(
        this AuthorisationHistory history, ICommand command, DateTimeOffset? now = null, CreditAccount? account = null)
    {
        var outcome = On(command, history, now, account);
        Assert.Equal(OutcomeKind.Decided, outcome.Kind);
        return outcome.History!;
    }

    /// <summary>When the hold of <see cref="In"/> has lapsed.</summary>
    public static DateTimeOffset Later => Some.Now + Some.Terms.HoldTime;

    /// <summary>An authorisation in a state; <see langword="null"/> for one that was never seen.</summary>
    public static AuthorisationHistory? In(string state) => state switch
    {
        "unseen" => null,
        "declined" => New(Some.Purchase, Some.Account with { Blocked = true }),
        "held" or "lapsed" => Held(),
        "taken" => New(Some.Purchase, Some.Account),
        "captured" => Held().After(Ask(OperationKind.Capture)),
        "captured in part" => Held().After(Ask(OperationKind.Capture, 100_00)),
        "refunded in part" => In("taken")!.After(Ask(OperationKind.Refund, 100_00)),
        "refunded" => In("taken")!.After(Ask(OperationKind.Refund)),
        "voided" => In("taken")!.After(Ask(OperationKind.Void)),
        "voided hold" => Held().After(Ask(OperationKind.Void)),
        "expired" => Held().After(Ask(OperationKind.Expiry, by: Actor.Service), Later),
        "expired, voided" => In("expired")!.After(Ask(OperationKind.Void), Later),
        "declined, voided" => In("declined")!.After(Ask(OperationKind.Void)),
        "mark" => On(Ask(OperationKind.Void, by: Validator), history: null).History,
        "advice" => On(Advise(), history: null, account: Some.Account).History,
        "advice on nobody" => On(Advise(), history: null).History,
        "declined, then sold" => In("declined")!.After(Advise(), account: Some.Account),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    private static AuthorisationHistory New(Purchase purchase, CreditAccount account) => new(Some.Ask(purchase, account).Entry!);

    private static AuthorisationHistory Held() => New(Some.Purchase with { Hold = true }, Some.Account);
}
