using Authorisation.Admin.Tests.Support;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Grpc.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Codes;

/// <summary>
/// The key of codes is changed in two rounds, as docs/operate/maintenance.md says, and nothing that was made under the old one is lost
/// on the way: codes that are out, messages that wait, requests that are repeated.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class KeyRotationTests(SharedAdmin shared) : AdminTest(shared)
{
    private readonly string _old = CodeKey.NewText();
    private readonly string _new = CodeKey.NewText();

    [Fact]
    public async Task Codes_of_either_key_open_apps_at_every_step_of_a_change_of_keys()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        var directory = TestDirectory.NewPath("messages");
        var mailbox = new Mailbox(directory);
        AdminOrganisation customer;
        string backEnd;
        (string Login, string Code) ofOld;
        await using (var before = await StartAsync(ledger, directory, _old, other: null))
        {
            customer = await (await AdminOperator.CreateAsync(ledger, before, mailbox, "jonkoping")).CustomerAsync();
            backEnd = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "app_back_end", name = "App" })).Is(201)["token"]!;
            ofOld = await GiveAsync(customer, mailbox);
        }

        // The first round is done: every host accepts both. The second has begun: this control plane makes new codes.
        await using var first = await DataPlane.StartAsync(ledger, _old, _new);
        await using var second = await DataPlane.StartAsync(ledger, _new, _old);
        await using var after = await StartAsync(ledger, directory, _new, _old);
        customer = At(customer, after);
        var (ofNew, another) = (await GiveAsync(customer, mailbox), await GiveAsync(customer, mailbox));
        await first.ActivateAsync(backEnd, ofNew.Login, ofNew.Code);
        await second.ActivateAsync(backEnd, ofOld.Login, ofOld.Code);
        Assert.Equal(
            StatusCode.PermissionDenied,
            (await Assert.ThrowsAsync<RpcException>(() => second.ActivateAsync(backEnd, another.Login, "00000000"))).StatusCode);

        // The change is done.
        await using var third = await DataPlane.StartAsync(ledger, _new);
        await third.ActivateAsync(backEnd, another.Login, another.Code);
    }

    [Fact]
    public async Task A_request_that_is_repeated_after_a_change_of_keys_gets_the_first_answer_and_another_under_its_key_is_refused()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        var directory = TestDirectory.NewPath("messages");
        var mailbox = new Mailbox(directory);
        var body = new { name = "Verkstaden" };
        AdminOrganisation customer;
        string made;
        await using (var before = await StartAsync(ledger, directory, _old, other: null))
        {
            customer = await (await AdminOperator.CreateAsync(ledger, before, mailbox, "jonkoping")).CustomerAsync();
            made = (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/departments", body, "once")).Is(201)["id"]!;
        }

        await using var after = await StartAsync(ledger, directory, _new, _old);
        customer = At(customer, after);

        var again = (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/departments", body, "once")).Is(201);

        Assert.Equal(made, again["id"]);
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/departments", new { name = "Kontoret" }, "once")).Is(422);
    }

    [Fact]
    public async Task A_message_that_waits_is_sent_after_a_change_of_keys()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        // It has a way to send SMS, to nowhere, and none to send mail.
        await using var before = await InProcessAdmin.StartAsync(
            ledger, _old, null, "--Sms:Url=http://127.0.0.1:9/", "--Sms:User=user", "--Sms:Password=secret", "--MonthEnd:Runs=false");
        var directory = TestDirectory.NewPath("messages");
        var mailbox = new Mailbox(directory);
        var becoming = (await AdminOperator.CreateAsync(ledger, before, mailbox, "jonkoping")).CustomerAsync();
        await Eventually.TrueAsync(
            async () => await ledger.AskAsync<long>("select count(*) from control.message where kind = 'invitation'") == 1,
            Eventually.Bound,
            "the invitation is written");

        await using var after = await StartAsync(ledger, directory, _new, _old);

        await becoming;
    }

    private static Task<InProcessAdmin> StartAsync(
        Authorisation.Testing.Ledger.TestLedger ledger, string directory, string key, string? other) =>
        InProcessAdmin.StartAsync(
            ledger, key, null, $"--Messages:Directory={directory}", $"--Activation:OtherCodeKey={other}", "--MonthEnd:Runs=false");

    private static AdminOrganisation At(AdminOrganisation customer, InProcessAdmin host) => customer with
    {
        Operator = customer.Operator with { Host = host, Staff = host.As(customer.Operator.Staff.Token!) },
        Administrator = host.As(customer.Administrator.Token!),
    };

    private static async Task<(string Login, string Code)> GiveAsync(AdminOrganisation customer, Mailbox mailbox)
    {
        var traveller = await customer.TravellerAsync();
        await customer.GiveAppAsync(traveller.Id);
        return await mailbox.CodeAsync(traveller["mobile"]!);
    }
}
