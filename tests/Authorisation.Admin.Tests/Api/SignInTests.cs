using Authorisation.Admin.Tests.Support;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Signing in costs the same whoever it is, and leaves a trail.</summary>
public sealed class SignInTests(SharedAdmin shared) : AdminTest(shared)
{
    private const int Failed = 5650;
    private const int Locked = 5651;

    [Fact]
    public async Task Signing_in_takes_the_same_statements_and_writes_as_much_for_known_unknown_locked_and_right()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        await using var host = await InProcessAdmin.StartAsync(
            ledger, CodeKey.NewText(), null, $"--Messages:Directory={TestDirectory.NewPath("messages")}", "--MonthEnd:Runs=false",
            "--Logging:LogLevel:Npgsql=Information");
        var on = await AdminOperator.CreateAsync(ledger, host, new Mailbox(""), "jonkoping");
        var email = Some.Email("staff");
        await Authorisation.Admin.Commands.CreateStaffCommand.CreateAsync(ledger.Owner, on.Code, email, "", Some.Password);
        await TryAsync(host, ledger, Some.Email(), "a wrong password");

        var unknown = await TryAsync(host, ledger, Some.Email(), "a wrong password");
        var known = await TryAsync(host, ledger, email, "a wrong password");
        var right = await TryAsync(host, ledger, email, Some.Password);
        for (var i = 0; i < 5; i++)
        {
            await TryAsync(host, ledger, email, "a wrong password");
        }

        var locked = await TryAsync(host, ledger, email, "a wrong password");
        var lockedAndRight = await TryAsync(host, ledger, email, Some.Password);

        Assert.Equal((401, 401, 201, 401, 401), (unknown.Status, known.Status, right.Status, locked.Status, lockedAndRight.Status));
        Assert.Equal(2, unknown.Statements.Count);
        Assert.All([known, right, locked, lockedAndRight], one => Assert.Equal(unknown.Statements, one.Statements));
        // Each wrote a row of a failure or a session; only a write makes a commit wait for the disk.
        Assert.All([unknown, known, right, locked, lockedAndRight], one => Assert.Equal(1, one.RowsWritten));
        Assert.Equal(unknown.Body, known.Body);
        Assert.Equal(unknown.Body, lockedAndRight.Body);
    }

    [Fact]
    public async Task Failed_sign_ins_and_the_lock_out_are_in_the_log_without_the_address_and_in_the_trail_of_known_people()
    {
        var customer = await NewCustomerAsync();
        var before = Host.Log.Entries.Count;
        for (var i = 0; i < 7; i++)
        {
            (await Host.Nobody.PostAsync("/v1/sessions", new { email = customer.AdministratorEmail.ToUpperInvariant(), password = "a wrong password" })).Is(401);
        }

        await Eventually.TrueAsync(async () => (await TrailAsync(customer)).Count == 5, Eventually.Bound, "five lines in the trail");
        var trail = await TrailAsync(customer);
        Assert.Equal(
            ["sign_in.locked", "sign_in.failed", "sign_in.failed", "sign_in.failed", "sign_in.failed"],
            trail.Select(line => line["what"]!.ToString()), StringComparer.Ordinal);
        Assert.Equal(customer.AdministratorEmail, trail[0]["after"]!["email"]!.ToString());
        Assert.False(string.IsNullOrEmpty(trail[0]["from"]!.ToString()));
        Assert.Null(trail[0]["who"]);

        var login = trail[0]["after"]!["login"]!.ToString();
        var lines = Host.Log.Entries.Skip(before).Where(entry => entry.Message.Contains(login, StringComparison.Ordinal)).ToList();
        Assert.Equal(7, lines.Count(entry => entry.EventId.Id == Failed));
        Assert.Equal(1, lines.Count(entry => entry.EventId.Id == Locked));
        Assert.All(lines, entry => Assert.DoesNotContain("@", entry.Message, StringComparison.Ordinal));
        Assert.All(lines, entry => Assert.Contains("127.0.0.1", entry.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_for_an_invitation_is_counted_like_one_of_a_sign_in()
    {
        var one = await NewCustomerAsync();
        var two = await one.Operator.CustomerAsync();
        (await two.Administrator.PostAsync($"/v1/organisations/{two.Id}/administrators", new { email = one.AdministratorEmail })).Is(201);
        var token = await Mailbox.InvitationAsync(one.AdministratorEmail, 2);
        for (var i = 0; i < 5; i++)
        {
            (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = "a wrong password" })).RefusesFields("password");
        }

        (await Host.Nobody.PostAsync($"/v1/invitations/{token}", new { password = Some.Password })).RefusesFields("password");
        (await Host.Nobody.PostAsync("/v1/sessions", new { email = one.AdministratorEmail, password = Some.Password })).Is(401);
    }

    private static async Task<List<System.Text.Json.Nodes.JsonObject>> TrailAsync(AdminOrganisation customer) =>
        [.. (await customer.Administrator.GetAsync("/v1/audit")).Is(200).Items
            .Where(line => line["what"]!.ToString().StartsWith("sign_in.", StringComparison.Ordinal))];

    private static async Task<Tried> TryAsync(InProcessAdmin host, TestLedger ledger, string email, string password)
    {
        var rows = await RowsAsync(ledger);
        var before = host.Log.Entries.Count;
        var answer = await host.Nobody.PostAsync("/v1/sessions", new { email, password });
        // Those of the workers run beside.
        var statements = host.Log.Entries.Skip(before).Select(entry => entry.Message)
            .Where(text => text.Contains("from control.person where email = ", StringComparison.Ordinal) || text.Contains("control.sign_in_guard as g", StringComparison.Ordinal))
            .Select(text => text[(text.IndexOf("): ", StringComparison.Ordinal) + 3)..]).ToList();
        return new Tried(answer.Status, answer.Status == 201 ? "" : answer.Text, statements, await RowsAsync(ledger) - rows);
    }

    private static Task<long> RowsAsync(TestLedger ledger) => ledger.AskAsync<long>(
        "select (select count(*) from control.sign_in_failure) + (select count(*) from control.session)");

    private sealed record Tried(int Status, string Body, IReadOnlyList<string> Statements, long RowsWritten);
}
