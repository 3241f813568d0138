using Authorisation.Admin.Commands;
using Authorisation.Core;
using Authorisation.Provisioning;
using Authorisation.Testing.Ledger;

namespace Authorisation.Admin.Tests.Support;

/// <summary>An operator of one test's own, with a staff member who is signed in.</summary>
internal sealed record AdminOperator(
    TestLedger Ledger, InProcessAdmin Host, Mailbox Mailbox, int Id, string Code, AdministrationTerms Terms, ApiCaller Staff)
{
    /// <summary>The four operators' rules.</summary>
    public static IReadOnlyDictionary<string, (Func<NewOperator, NewOperator> Terms, AdministrationTerms Administration)> Profiles { get; } =
        new Dictionary<string, (Func<NewOperator, NewOperator>, AdministrationTerms)>(StringComparer.Ordinal)
        {
            ["jamtland"] = (
                add => add with { OffersCardCredit = true, Purpose = PurposeRule.KeptIfGiven },
                new("SE", "sv", true, 600_000, ActivationLogin.Email, "Lanstrafik")),
            ["jonkoping"] = (
                add => add with { OffersCardCredit = false, Purpose = PurposeRule.Required },
                new("SE", "sv", true, 1_500_000, ActivationLogin.UserName, "JLT")),
            ["kalmar"] = (
                add => add with { OffersCardCredit = false, Purpose = PurposeRule.Required },
                new("SE", "sv", true, 1_500_000, ActivationLogin.UserName, "KLT")),
            ["akt"] = (
                add => add with { OffersCardCredit = false, Purpose = PurposeRule.NotKept, Currency = "NOK", TimeZone = "Europe/Oslo" },
                new("NO", "nb", true, null, ActivationLogin.Mobile, "AKT")),
        };

    /// <summary>Makes an operator by the rules of a profile.</summary>
    public static async Task<AdminOperator> CreateAsync(TestLedger ledger, InProcessAdmin host, Mailbox mailbox, string profile)
    {
        var (change, administration) = Profiles[profile];
        var code = "t" + Guid.NewGuid().ToString("N")[..20];
        var terms = change(new NewOperator(
            code, "Ett provs länstrafik", "SEK", "Europe/Stockholm", true, PurposeRule.KeptIfGiven, 600, TimeSpan.FromMinutes(15)));
        var id = await ledger.Provisioner.AddOperatorAsync(terms);
        await ledger.Provisioner.SetAdministrationTermsAsync(id, administration);
        var email = Some.Email("staff");
        await CreateStaffCommand.CreateAsync(ledger.Owner, code, email, "Stina", Some.Password);
        await ledger.ExecuteAsync(
            "update control.person set password_hash = @PasswordHash where email = @email", new { Some.PasswordHash, email });
        return new AdminOperator(ledger, host, mailbox, id, code, administration, await host.SignInAsync(email, Some.Password));
    }

    /// <summary>An application that is right.</summary>
    public Dictionary<string, object?> Application(string? number = null, string? email = null) => new(StringComparer.Ordinal)
    {
        ["operator"] = Code,
        ["name"] = "Vätterns Teknik AB",
        ["organisation_number"] = number ?? Some.OrganisationNumber(Terms.Country),
        ["contact"] = new { name = "Karin Öst", email = email ?? Some.Email("karin") },
        ["billing_address"] = new { street = "Storgatan 1", postal_code = "553 20", city = "Jönköping" },
        ["billing_reference"] = "4711",
    };

    /// <summary>Sets how it invoices.</summary>
    public async Task SetInvoicingAsync(bool itemisesCards = true, bool showsPurchasesAtOnce = true) =>
        (await Staff.PutAsync($"/v1/operators/{Code}/invoicing", Some.Invoicing(Terms.Country, itemisesCards, showsPurchasesAtOnce))).Is(200);

    /// <summary>Sets the accounts of the bookkeeping.</summary>
    public async Task SetAccountingAsync() =>
        (await Staff.PutAsync($"/v1/operators/{Code}/accounting", Some.Accounting())).Is(200);

    /// <summary>A product that is right.</summary>
    public static Dictionary<string, object?> Product(params string[] soldBy) => new(StringComparer.Ordinal)
    {
        ["names"] = new { sv = "Enkelbiljett vuxen", nb = "Enkeltbillett voksen", en = "Single ticket adult" },
        ["kind"] = "single",
        ["traveller_category"] = "adult",
        ["vat_category"] = "S",
        ["vat_basis_points"] = 600,
        ["sold_by"] = soldBy.Length == 0 ? ["credit", "order"] : soldBy,
    };

    /// <summary>Adds a product that has a price from today on.</summary>
    public async Task<string> AddProductAsync(string code = "single-adult", long priceMinor = 3_400, params string[] soldBy)
    {
        (await Staff.PutAsync($"/v1/operators/{Code}/products/{code}", Product(soldBy))).Is(200);
        (await Staff.PostAsync(
            $"/v1/operators/{Code}/products/{code}/prices", new { price_minor = priceMinor, valid_from = await TodayAsync() })).Is(201);
        return code;
    }

    /// <summary>Adds a product that is sold as a subscription, with a price from today on.</summary>
    public async Task<string> AddSubscriptionProductAsync(string code = "month-adult", long priceMinor = 79_000)
    {
        var product = Product("subscription");
        product["kind"] = "subscription";
        (await Staff.PutAsync($"/v1/operators/{Code}/products/{code}", product)).Is(200);
        (await Staff.PostAsync(
            $"/v1/operators/{Code}/products/{code}/prices", new { price_minor = priceMinor, valid_from = await TodayAsync() })).Is(201);
        return code;
    }

    /// <summary>The day that it is there, some days from now.</summary>
    public async Task<string> TodayAsync(int days = 0) => (await Ledger.AskAsync<string>(
        "select to_char((ledger_now() at time zone time_zone)::date + @days, 'YYYY-MM-DD') from operator where id = @Id",
        new { Id, days }))!;
    /// <summary>Publishes terms, which are in force today unless another day is given.</summary>
    public async Task PublishTermsAsync(string kind, string version, DateOnly? day = null, params string[] acceptedBy) =>
        (await Staff.PutAsync($"/v1/operators/{Code}/terms/{kind}/{version}", new
        {
            valid_from = day ?? Today,
            accepted_by = acceptedBy.Length == 0 ? ["organisation", "traveller"] : acceptedBy,
            texts = new[]
            {
                new { language = Terms.Language, title = "Integritetspolicy", text = $"Version {version}.\n\nVi sparar dina köp." },
            },
        })).Is(200);

    /// <summary>The day that it is at the operators of the profiles.</summary>
    public static DateOnly Today => DateOnly.FromDateTime(
        TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTimeOffset.UtcNow, "Europe/Stockholm").DateTime);

    /// <summary>Makes a customer with its first department and its first administrator, who is signed in.</summary>
    public Task<AdminOrganisation> CustomerAsync() => CustomerAsync(Some.Email("karin"), AcceptAsync);

    /// <summary>The same where the invitation comes another way: by what finds its link.</summary>
    public Task<AdminOrganisation> CustomerWithAsync(Func<string, Task<Uri>> findLink, string password) =>
        CustomerAsync(Some.Email("karin"), async email =>
        {
            var link = await findLink(email);
            (await Host.Nobody.PostAsync("/v1" + link.AbsolutePath, new { password })).Is(204);
            return await Host.SignInAsync(email, password);
        });

    private async Task<AdminOrganisation> CustomerAsync(string email, Func<string, Task<ApiCaller>> accept)
    {
        var applied = (await Host.Nobody.PostAsync("/v1/organisations", Application(email: email))).Is(201);
        (await Staff.PostAsync($"/v1/organisations/{applied.Id}/approval")).Is(200);
        var administrator = await accept(email);
        var department = (await administrator.GetAsync($"/v1/organisations/{applied.Id}/departments")).Is(200).Items.Single();
        return new AdminOrganisation(
            this, applied.Id, Guid.Parse(department["id"]!.ToString()), administrator, email, applied["organisation_number"]!);
    }

    /// <summary>Accepts the invitation that was sent last to an address, and signs in.</summary>
    public Task<ApiCaller> AcceptAsync(string email) => AcceptAsync(email, 1);

    /// <summary>Accepts the invitation at this place among those to an address, and signs in.</summary>
    public async Task<ApiCaller> AcceptAsync(string email, int place)
    {
        var token = await Mailbox.InvitationAsync(email, place);
        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = Some.Password })).Is(204);
        return await Host.SignInAsync(email, Some.Password);
    }
}
