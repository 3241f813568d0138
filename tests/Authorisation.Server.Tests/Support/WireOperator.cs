using Authorisation.Core;
using Authorisation.Provisioning;
using Authorisation.Testing.Ledger;
using Authorisation.V1;

namespace Authorisation.Server.Tests.Support;

/// <summary>An operator of one test's own, and its callers at one server.</summary>
internal sealed class WireOperator
{
    private readonly TestOperator _operator;

    private WireOperator(TestOperator made, InProcessServer server)
    {
        _operator = made;
        Server = server;
        Validator = server.Caller(made.ValidatorToken);
    }

    /// <summary>The server that its callers call.</summary>
    public InProcessServer Server { get; }

    /// <summary>A validator.</summary>
    public TestCaller Validator { get; }

    /// <summary>The validator's token.</summary>
    public string ValidatorToken => _operator.ValidatorToken;

    /// <summary>Its terms.</summary>
    public Operator Terms => _operator.Terms;

    /// <summary>Its organisation.</summary>
    public Guid OrganisationId => _operator.OrganisationId;

    private TestLedger Ledger => _operator.Ledger;

    /// <summary>Makes an operator with a code of its own.</summary>
    public static async Task<WireOperator> CreateAsync(
        TestLedger ledger, InProcessServer server, Func<NewOperator, NewOperator>? change = null)
    {
        var made = await TestOperator.CreateAsync(ledger, change);
        await server.GetsToKnowAsync(made.ValidatorToken);
        return new WireOperator(made, server);
    }

    /// <summary>Gives credit on a new card.</summary>
    public Task<Core.Instrument> AddCardAsync(long limitMinor = 50_000) => _operator.AddCardAsync(limitMinor);

    /// <summary>Gives credit on a card.</summary>
    public Task<Core.Instrument> AddCardAsync(string number, long limitMinor) => _operator.AddCardAsync(number, limitMinor);

    /// <summary>Gives credit in an app.</summary>
    public Task<Core.Instrument> AddAppAsync(long limitMinor = 50_000, bool isActivated = true) =>
        _operator.AddAppAsync(limitMinor, isActivated);

    /// <summary>The account on an instrument.</summary>
    public Guid AccountOf(Core.Instrument instrument) => _operator.AccountOf(instrument);

    /// <summary>A card that no credit was ever given on.</summary>
    public Core.Instrument UnknownCard() => _operator.UnknownCard();

    /// <summary>A new client of the operator.</summary>
    public async Task<TestCaller> AddClientAsync(ClientKind kind) =>
        await CallerAsync((await Ledger.Provisioner.AddClientAsync(Terms.Id, kind, $"A {kind}")).Token);

    /// <summary>The app of an account.</summary>
    public async Task<TestCaller> AddAppCallerAsync(Core.Instrument app) =>
        await CallerAsync(await Ledger.Provisioner.AddAppTokenAsync(AccountOf(app)));

    /// <summary>A valid request with an id of its own.</summary>
    public AuthoriseRequest Buy(Core.Instrument instrument, long amountMinor = 1_000)
    {
        var request = new AuthoriseRequest
        {
            AuthorisationId = Guid.CreateVersion7().ToString(),
            AmountMinor = amountMinor,
            Currency = Terms.Currency,
        };
        if (instrument.Kind == InstrumentKind.Card)
        {
            request.CardNumber = instrument.CardNumber;
        }
        else
        {
            request.AppAccountId = instrument.AccountId.ToString();
            request.Purpose = "Kundbesök i Vetlanda";
        }

        return request;
    }

    /// <summary>Sets when the credit on an instrument was given.</summary>
    public Task SetGivenAsync(Core.Instrument instrument, DateTimeOffset at) => Ledger.ExecuteAsync(
        "update credit_account set given_at = @at where id = @id", new { id = AccountOf(instrument), at = at.UtcDateTime });

    /// <summary>Buys on a card by the validator, or asks to, and answers the id.</summary>
    public async Task<string> BuyAsync(Core.Instrument card, long amountMinor, bool hold = false)
    {
        var request = Buy(card, amountMinor);
        request.Hold = hold;
        await Validator.AuthoriseAsync(request);
        return request.AuthorisationId;
    }

    /// <summary>How many decisions the ledger has of this operator.</summary>
    public Task<long> RowsAsync() =>
        Ledger.AskAsync<long>("select count(*) from authorisation where operator_id = @Id", new { Terms.Id });

    /// <summary>What the ledger says is spent on an instrument.</summary>
    public Task<long> SpentAsync(Core.Instrument instrument) => Ledger.AskAsync<long>(
        "select spent_minor from credit_account where id = @id", new { id = AccountOf(instrument) });

    private async Task<TestCaller> CallerAsync(string token)
    {
        await Server.GetsToKnowAsync(token);
        return Server.Caller(token);
    }
}
