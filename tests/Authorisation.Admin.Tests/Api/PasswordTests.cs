using System.Buffers.Binary;
using Authorisation.Admin.Commands;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

[Trait("Tier", "Slow")]
public sealed class PasswordTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string Another = "three green trains";

    [Fact]
    public async Task A_host_hashes_as_strongly_as_identity_does_unless_a_test_makes_it_cheap()
    {
        await using var app = AdminHost.Build(
            [
                "--Listen:Port=0", $"--Ledger:ConnectionString={Ledger.AdminConnectionString}",
                $"--Activation:CodeKey={Shared.CodeKey}",
            ],
            static _ => { });

        // A format byte, which function, how many times.
        var hash = Convert.FromBase64String(app.Services.GetRequiredService<Passwords>().Hash(Some.Password));
        Assert.Equal((1, 2), (hash[0], BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1))));
        Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)), 100_000, int.MaxValue);
    }

    [Fact]
    public async Task A_new_password_ends_every_session_that_was_begun_with_an_older_one_and_links_to_choose_one()
    {
        var customer = await NewCustomerAsync();
        var elsewhere = await Host.SignInAsync(customer.AdministratorEmail, Some.Password);
        await AskAsync(customer.AdministratorEmail);
        var link = await TokenAsync(customer.AdministratorEmail, 3);

        var changed = (await elsewhere.PutAsync("/v1/me/password", new { current_password = Some.Password, password = Another })).Is(200);

        (await elsewhere.GetAsync("/v1/organisations")).IsProblem(401, "no_session");
        (await customer.Administrator.GetAsync("/v1/organisations")).IsProblem(401, "no_session");
        (await Host.Nobody.PostAsync($"/v1/password-resets/{link}", new { password = "a fourth one of mine" })).IsProblem(404, "not_found");
        var now = Host.As(changed["token"]!);
        (await now.GetAsync("/v1/organisations")).Is(200);
        (await Host.Nobody.PostAsync("/v1/sessions", new { email = customer.AdministratorEmail, password = Some.Password })).Is(401);
        var line = (await now.GetAsync("/v1/audit")).Is(200).Items.First(one => one["what"]!.ToString() == "password.changed");
        Assert.Equal((customer.AdministratorEmail, "2"), (line["who"]!.ToString(), line["after"]!["sessions_ended"]!.ToString()));
    }

    [Fact]
    public async Task A_password_is_changed_with_the_present_one_only_and_wrong_ones_are_counted()
    {
        var customer = await NewCustomerAsync();
        (await customer.Administrator.PutAsync("/v1/me/password", new { })).RefusesFields("current_password", "password");
        (await customer.Administrator.PutAsync("/v1/me/password", new { current_password = Some.Password, password = Some.Password })).RefusesFields("password");
        for (var i = 0; i < 5; i++)
        {
            (await customer.Administrator.PutAsync("/v1/me/password", new { current_password = "a wrong password", password = Another })).RefusesFields("current_password");
        }

        (await customer.Administrator.PutAsync("/v1/me/password", new { current_password = Some.Password, password = Another })).RefusesFields("current_password");
    }

    [Theory]
    [InlineData("password1234", "common")]
    [InlineData("lösenord1234", "common")]
    [InlineData("short", "12 to 200 characters")]
    [InlineData("Vätterns Teknik 1", "your name")]
    [InlineData("111111111111", "sequence")]
    public async Task A_password_that_is_tried_first_is_refused_wherever_one_is_chosen_and_it_is_said_why(string password, string why)
    {
        var customer = await NewCustomerAsync();
        var email = Some.Email();
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/administrators", new { email })).Is(201);
        await AskAsync(customer.AdministratorEmail);

        var refused = new[]
        {
            await Host.Nobody.PostAsync($"/v1/invitations/{await Mailbox.InvitationAsync(email)}", new { password }),
            await customer.Administrator.PutAsync("/v1/me/password", new { current_password = Some.Password, password }),
            await Host.Nobody.PostAsync($"/v1/password-resets/{await TokenAsync(customer.AdministratorEmail, 3)}", new { password }),
        };

        Assert.All(refused, answer => Assert.Contains(why, answer.RefusesFields("password").Text, StringComparison.Ordinal));
        if (!password.StartsWith('V'))
        {
            var byCommand = await Assert.ThrowsAsync<RefusedException>(
                () => CreateStaffCommand.CreateAsync(Ledger.Owner, customer.Operator.Code, Some.Email(), "", password));
            Assert.Contains(why, Assert.Single(byCommand.Errors!).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_own_address_is_no_password()
    {
        var customer = await NewCustomerAsync();
        var email = $"anna.karlsson{Random.Shared.NextInt64():x}@trafikverkstan.example";
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/administrators", new { email })).Is(201);

        var invited = await Host.Nobody.PostAsync(
            $"/v1/invitations/{await Mailbox.InvitationAsync(email)}", new { password = email });
        var changed = await customer.Administrator.PutAsync(
            "/v1/me/password", new { current_password = Some.Password, password = customer.AdministratorEmail.ToUpperInvariant() + "1!" });

        Assert.All([invited, changed], answer => Assert.Contains("your name", answer.RefusesFields("password").Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_who_forgot_the_password_chooses_another_by_a_mailed_link_once_within_the_hour()
    {
        var customer = await NewCustomerAsync();
        await LockOutAsync(customer.AdministratorEmail);

        var known = await AskAsync(customer.AdministratorEmail);
        var unknown = await AskAsync(Some.Email());

        Assert.Equal((known.Text, known.ContentType), (unknown.Text, unknown.ContentType));
        var token = await TokenAsync(customer.AdministratorEmail, 3);
        (await Host.Nobody.PostAsync($"/v1/password-resets/{token}", new { password = "short" })).RefusesFields("password");
        (await Host.Nobody.PostAsync($"/v1/password-resets/{token}", new { password = Another })).Is(204);
        (await Host.Nobody.PostAsync($"/v1/password-resets/{token}", new { password = "a fourth one of mine" })).IsProblem(404, "not_found");
        (await customer.Administrator.GetAsync("/v1/organisations")).IsProblem(401, "no_session");
        await Host.SignInAsync(customer.AdministratorEmail, Another);

        await AskAsync(customer.AdministratorEmail);
        var late = await TokenAsync(customer.AdministratorEmail, 4);
        await Ledger.ExecuteAsync(
            """
            update control.password_link set expires_at = clock_timestamp()
            where person_id = (select id from control.person where email = @AdministratorEmail)
            """,
            customer);
        (await Host.Nobody.PostAsync($"/v1/password-resets/{late}", new { password = "a fourth one of mine" })).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Links_are_asked_for_a_few_times_an_hour_with_one_address_known_or_not()
    {
        var customer = await NewCustomerAsync();
        foreach (var email in new[] { customer.AdministratorEmail, Some.Email() })
        {
            var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Host.Nobody.PostAsync("/v1/password-resets", new { email })));

            Assert.Equal(3, asked.Count(answer => answer.Status == 204));
            Assert.All(asked.Where(answer => answer.Status != 204), answer =>
            {
                answer.IsProblem(429, "too_many");
                Assert.InRange(answer.RetryAfter!.Value, 3000, 3600);
            });
            // The tests share an address of the network.
            await Ledger.ExecuteAsync("update control.password_reset_request set address = 'test' where address like '127.%' or address like '::%'");
        }

        (await Host.Nobody.PostAsync("/v1/password-resets", new { email = "x" })).RefusesFields("email");
    }

    [Fact]
    public async Task The_last_of_staff_gets_a_new_password_by_the_operators_own_command()
    {
        var on = await NewOperatorAsync();
        var email = Some.Email("staff");
        await CreateStaffCommand.CreateAsync(Ledger.Owner, on.Code, email, "", Some.Password);
        var session = await Host.SignInAsync(email, Some.Password);
        await LockOutAsync(email);

        await CreateStaffCommand.CreateAsync(Ledger.Owner, on.Code, email, "", Another, resetsPassword: true);

        (await session.GetAsync("/v1/staff")).IsProblem(401, "no_session");
        await Host.SignInAsync(email, Another);
        Assert.Contains("password.reset", (await on.Staff.GetAsync("/v1/audit")).Is(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_one_by_one_or_all_at_once()
    {
        var customer = await NewCustomerAsync();
        var other = await Host.SignInAsync(customer.AdministratorEmail, Some.Password);
        var third = await Host.SignInAsync(customer.AdministratorEmail, Some.Password);

        var listed = (await other.GetAsync("/v1/sessions")).Is(200).Items;
        Assert.Equal(3, listed.Count);
        Assert.Single(listed, one => (bool)one["current"]!);
        Assert.All(listed, one => Assert.False(string.IsNullOrEmpty(one["from"]!.ToString())));
        var own = (await third.GetAsync("/v1/sessions")).Is(200).Items.Single(one => (bool)one["current"]!)["id"]!.ToString();

        (await (await NewCustomerAsync()).Administrator.DeleteAsync($"/v1/sessions/{own}")).IsProblem(404, "not_found");
        (await other.DeleteAsync($"/v1/sessions/{own}")).Is(204);
        (await third.GetAsync("/v1/sessions")).IsProblem(401, "no_session");
        (await other.DeleteAsync("/v1/sessions?all=true")).Is(204);
        (await other.GetAsync("/v1/sessions")).IsProblem(401, "no_session");
        (await customer.Administrator.GetAsync("/v1/sessions")).IsProblem(401, "no_session");
    }

    private async Task<ApiAnswer> AskAsync(string email)
    {
        var answer = (await Host.Nobody.PostAsync("/v1/password-resets", new { email })).Is(204);
        await Ledger.ExecuteAsync("update control.password_reset_request set address = 'test' where address like '127.%' or address like '::%'");
        return answer;
    }

    private async Task<string> TokenAsync(string email, int place)
    {
        var link = await Mailbox.LinkAsync(email, place);
        Assert.StartsWith("/password-resets/", link.AbsolutePath, StringComparison.Ordinal);
        return link.Segments[^1];
    }

    private async Task LockOutAsync(string email)
    {
        for (var i = 0; i < 5; i++)
        {
            (await Host.Nobody.PostAsync("/v1/sessions", new { email, password = "a wrong password" })).IsProblem(401, "wrong_credentials");
        }

        (await Host.Nobody.PostAsync("/v1/sessions", new { email, password = Some.Password })).IsProblem(401, "wrong_credentials");
    }
}
