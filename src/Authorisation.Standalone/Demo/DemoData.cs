using System.Globalization;
using System.Security.Cryptography;
using Authorisation.Core;
using Authorisation.Provisioning;

namespace Authorisation.Standalone.Demo;

/// <summary>Creates the operators of the demo, with a department, clients, an app and cards each.</summary>
internal sealed class DemoData(Provisioner provisioner)
{
    /// <summary>Anna's limit in the operators' own example: 500 kr a month.</summary>
    public const long AppLimitMinor = 50_000;

    private const long CardLimitMinor = 100_000;
    private const int CardNumberDigits = 12;

    /// <summary>Creates everything at one operator.</summary>
    public async Task<(DemoOperator Operator, DemoPlace Place)> CreateAsync(OperatorProfile profile)
    {
        var place = await PlaceAsync(profile);
        var app = await AddAppAsync(place, "Maja Lind");
        var card = profile.Terms.OffersCardCredit ? await AddCardAsync(place, "Hemtjänstens kort") : null;
        return (new DemoOperator(
            profile.Terms.Currency,
            await TokenAsync(place.OperatorId, ClientKind.Validator),
            await TokenAsync(place.OperatorId, ClientKind.Console),
            await TokenAsync(place.OperatorId, ClientKind.AppBackEnd),
            app,
            card,
            card is null ? null : await AddBlockedCardAsync(place))
        {
            TicketSystemToken = await TokenAsync(place.OperatorId, ClientKind.TicketSystem),
        }, place);
    }

    /// <summary>The operator, and a new department for travellers of this start.</summary>
    public async Task<DemoPlace> PlaceAsync(OperatorProfile profile)
    {
        var operatorId = await provisioner.AddOperatorAsync(profile.Terms);
        await provisioner.SetAdministrationTermsAsync(operatorId, profile.Administration);
        var organisation = await provisioner.AddOrganisationAsync(operatorId, profile.Organisation);
        var department = await provisioner.AddDepartmentAsync(
            organisation, profile.Department, profile.BillingReference);
        return new DemoPlace(operatorId, organisation, department);
    }

    /// <summary>A new traveller with credit in an app that has been activated.</summary>
    public async Task<DemoApp> AddAppAsync(DemoPlace place, string name)
    {
        var billingSnapshot = await TravellerAsync(place, name);
        var account = await provisioner.AddCreditAsync(
            new NewCredit(place.OperatorId, billingSnapshot, CardNumber: null, AppLimitMinor));
        return new DemoApp(account, await provisioner.AddAppTokenAsync(account), AppLimitMinor);
    }

    /// <summary>A new traveller with credit on a new card.</summary>
    public async Task<DemoCard> AddCardAsync(DemoPlace place, string name)
    {
        var (number, _) = await CardAsync(place, name);
        return new DemoCard(number, CardLimitMinor);
    }

    private async Task<string> AddBlockedCardAsync(DemoPlace place)
    {
        var (number, account) = await CardAsync(place, "Nils Borg");
        await provisioner.SetBlockedAsync(account, blocked: true);
        return number;
    }

    private async Task<(string Number, Guid Account)> CardAsync(DemoPlace place, string name)
    {
        var number = RandomNumberGenerator.GetString("0123456789", CardNumberDigits);
        var billingSnapshot = await TravellerAsync(place, name);
        var account = await provisioner.AddCreditAsync(
            new NewCredit(place.OperatorId, billingSnapshot, number, CardLimitMinor));
        return (number, account);
    }

    private Task<long> TravellerAsync(DemoPlace place, string name)
    {
        var mailbox = name.ToLower(CultureInfo.InvariantCulture).Replace(' ', '.');
        return provisioner.AddTravellerAsync(place.DepartmentId, name, $"{mailbox}@example.com");
    }

    private async Task<string> TokenAsync(int operatorId, ClientKind kind) =>
        (await provisioner.AddClientAsync(operatorId, kind, $"demo {kind}")).Token;
}
