using System.Collections.Concurrent;
using System.Globalization;
using Authorisation.Core;
using Authorisation.Provisioning;

namespace Authorisation.Testing.Ledger;

/// <summary>
/// An operator that belongs to one test, with an organisation, a traveller and a validator, and the accounts that the
/// test gives. Safe for several threads: the accounts are in a concurrent dictionary.
/// </summary>
public sealed class TestOperator
{
    private static long _cards = 1_000_000_000;

    private readonly ConcurrentDictionary<Instrument, Guid> _accounts = new();

    private TestOperator(TestLedger ledger, Operator terms)
    {
        Ledger = ledger;
        Terms = terms;
    }

    /// <summary>The ledger that it is in.</summary>
    public TestLedger Ledger { get; }

    /// <summary>Its terms, as a server knows them.</summary>
    public Operator Terms { get; }

    /// <summary>Its organisation.</summary>
    public Guid OrganisationId { get; private set; }

    /// <summary>The organisation's department.</summary>
    public Guid DepartmentId { get; private set; }

    /// <summary>The billing snapshot of the department's traveller.</summary>
    public long BillingSnapshotId { get; private set; }

    /// <summary>A validator of the operator.</summary>
    public Originator Validator { get; private set; }

    /// <summary>The validator's token.</summary>
    public string ValidatorToken { get; private set; } = "";

    /// <summary>Makes an operator with a code of its own: Swedish, all instruments, unless changed.</summary>
    public static async Task<TestOperator> CreateAsync(TestLedger ledger, Func<NewOperator, NewOperator>? change = null)
    {
        var add = new NewOperator(
            "t" + Guid.NewGuid().ToString("N")[..20], "A test's operator", "SEK", "Europe/Stockholm",
            OffersCardCredit: true, PurposeRule.KeptIfGiven, VatBasisPoints: 600, TimeSpan.FromMinutes(30));
        add = change?.Invoke(add) ?? add;
        var id = await ledger.Provisioner.AddOperatorAsync(add);
        var made = new TestOperator(ledger, new Operator
        {
            Id = id,
            Code = add.Code,
            Currency = add.Currency,
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(add.TimeZone),
            OffersCardCredit = add.OffersCardCredit,
            Purpose = add.Purpose,
            VatBasisPoints = add.VatBasisPoints,
            HoldTime = add.HoldTime,
        });
        made.OrganisationId = await ledger.Provisioner.AddOrganisationAsync(id, "Åkeri & Söner AB");
        made.DepartmentId = await ledger.Provisioner.AddDepartmentAsync(made.OrganisationId, "Verkstad", "KST 4711");
        made.BillingSnapshotId = await ledger.Provisioner.AddTravellerAsync(made.DepartmentId, "Anna Ö", "anna@example.org");
        var (clientId, token) = await ledger.Provisioner.AddClientAsync(id, ClientKind.Validator, "Bus 17");
        made.Validator = Originator.Client(clientId);
        made.ValidatorToken = token;
        made.Console = new Actor(
            Originator.Client((await ledger.Provisioner.AddClientAsync(id, ClientKind.Console, "Driver 17")).ClientId), ClientKind.Console);
        return made;
    }

    /// <summary>A card number that no other test has.</summary>
    public static string NewCardNumber() =>
        Interlocked.Increment(ref _cards).ToString("0000000000000000", CultureInfo.InvariantCulture);

    /// <summary>Gives credit on a new card.</summary>
    public async Task<Instrument> AddCardAsync(long limitMinor = 50_000) =>
        await AddCardAsync(NewCardNumber(), limitMinor);

    /// <summary>Gives credit on a card.</summary>
    public async Task<Instrument> AddCardAsync(string cardNumber, long limitMinor)
    {
        var card = Instrument.Card(Terms.Id, cardNumber);
        _accounts[card] = await Ledger.Provisioner.AddCreditAsync(
            new NewCredit(Terms.Id, BillingSnapshotId, cardNumber, limitMinor));
        return card;
    }

    /// <summary>Gives credit in an app.</summary>
    public async Task<Instrument> AddAppAsync(long limitMinor = 50_000, bool isActivated = true)
    {
        var id = await Ledger.Provisioner.AddCreditAsync(
            new NewCredit(Terms.Id, BillingSnapshotId, CardNumber: null, limitMinor, isActivated));
        var app = Instrument.App(Terms.Id, id);
        _accounts[app] = id;
        return app;
    }

    /// <summary>A card of this operator that no credit was ever given on.</summary>
    public Instrument UnknownCard() => Instrument.Card(Terms.Id, NewCardNumber());

    /// <summary>The account that was given last on an instrument.</summary>
    public Guid AccountOf(Instrument instrument) => _accounts[instrument];

    /// <summary>A purchase with an id of its own, made by the validator.</summary>
    public Purchase Buy(Instrument instrument, long amountMinor = 1_000) => new()
    {
        Id = Guid.NewGuid(),
        Originator = Validator,
        Instrument = instrument,
        AmountMinor = amountMinor,
    };

    /// <summary>The validator, as who asks for operations on what it sold.</summary>
    public Actor ValidatorActor => new(Validator, ClientKind.Validator);

    /// <summary>A console of the operator, which may do everything to today's card purchases.</summary>
    public Actor Console { get; private set; }

    /// <summary>An operation with an id of its own; by the validator, but refunds by the console, which alone may.</summary>
    public Operation Ask(OperationKind kind, Guid authorisationId, long? amountMinor = null) => new()
    {
        Id = Guid.NewGuid(),
        AuthorisationId = authorisationId,
        Kind = kind,
        By = kind switch
        {
            OperationKind.Refund => Console,
            OperationKind.Expiry or OperationKind.Match => Actor.Service,
            _ => ValidatorActor,
        },
        AmountMinor = amountMinor,
    };

    /// <summary>The validator's report that it sold something out of reach.</summary>
    public Advice Advise(Purchase purchase, DateTimeOffset occurredAt) =>
        new(Guid.NewGuid(), purchase with { OccurredAt = occurredAt }, ValidatorActor);
}
