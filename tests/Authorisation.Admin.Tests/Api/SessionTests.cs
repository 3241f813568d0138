using Authorisation.Admin.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

public sealed class SessionTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task A_session_ends_when_it_is_deleted()
    {
        var customer = await NewCustomerAsync();
        var session = await Host.SignInAsync(customer.AdministratorEmail, Some.Password);

        (await session.DeleteAsync("/v1/sessions")).Is(204);

        (await session.GetAsync("/v1/organisations")).IsProblem(401, "no_session");
        (await customer.Administrator.GetAsync("/v1/organisations")).Is(200);
    }

    [Fact]
    public async Task After_five_wrong_passwords_the_right_one_does_not_open_either_and_later_it_does()
    {
        var customer = await NewCustomerAsync();
        for (var i = 0; i < 5; i++)
        {
            (await SignInAsync(customer.AdministratorEmail, "a wrong password")).IsProblem(401, "wrong_credentials");
        }

        (await SignInAsync(customer.AdministratorEmail, Some.Password)).IsProblem(401, "wrong_credentials");

        await Ledger.ExecuteAsync(
            """
            update control.sign_in_guard set locked_until = clock_timestamp() - interval '1 second'
            where login = sha256(convert_to(@AdministratorEmail, 'UTF8'))
            """,
            customer);
        (await SignInAsync(customer.AdministratorEmail, Some.Password)).Is(201);
    }

    [Fact]
    public async Task Wrong_passwords_at_the_same_time_are_all_counted()
    {
        var customer = await NewCustomerAsync();

        await WrongAsync(customer, 4);
        Assert.Equal("4 false", await LockOutAsync(customer));
        await WrongAsync(customer, 8);

        // Those that came when it was locked are counted above what locks.
        Assert.Matches("^([5-9]|1[0-2]) true$", await LockOutAsync(customer));
        (await SignInAsync(customer.AdministratorEmail, Some.Password)).IsProblem(401, "wrong_credentials");
    }

    [Fact]
    public async Task Nothing_is_locked_while_a_password_is_hashed()
    {
        var customer = await NewCustomerAsync();
        var slow = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 500_000 }));
        await Ledger.ExecuteAsync(
            "update control.person set password_hash = @hash where email = @AdministratorEmail",
            new { hash = slow.HashPassword(customer, Some.Password), customer.AdministratorEmail });
        await using var session = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
        await using var open = new NpgsqlCommand(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and state = 'idle in transaction'
              and query like '%password_hash%control.person where email%'
            """,
            session);

        var signIns = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SignInAsync(customer.AdministratorEmail, Some.Password)));
        var (looks, seen) = (0, 0);
        while (!signIns.IsCompleted)
        {
            looks++;
            seen += (long)(await open.ExecuteScalarAsync())! > 0 ? 1 : 0;
        }

        Assert.All(await signIns, answer => answer.Is(201));
        // Hashing is nearly all of the time; a moment between a statement and the end of its transaction may be seen.
        Assert.InRange(seen, 0, looks / 4);
    }

    [Theory]
    [InlineData("  with spaces around it  ")]
    [InlineData("a tab\t, a bell\u0007")]
    [InlineData("what a\ufffdwrong charset leaves")]
    public async Task Whatever_was_chosen_as_a_password_signs_in(string password)
    {
        var customer = await NewCustomerAsync();
        var email = Some.Email();
        (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/administrators", new { email })).Is(201);
        (await Host.Nobody.PostAsync($"/v1/invitations/{await Mailbox.InvitationAsync(email)}", new { password })).Is(204);

        (await SignInAsync(email, password)).Is(201);
    }

    [Fact]
    public async Task A_password_that_is_longer_than_any_is_not_hashed() =>
        (await SignInAsync(Some.Email(), new string('x', 201))).RefusesFields("password");

    [Theory]
    [InlineData("{}", "email", "password")]
    [InlineData("{\"email\":\"a@example.com\"}", "password")]
    [InlineData("{\"email\":\"a@example.com\",\"password\":\"x\",\"remember\":true}", "remember")]
    [InlineData("{\"email\":7,\"password\":\"x\"}", "email")]
    public async Task Bad_input_is_told_by_field(string body, params string[] fields) =>
        (await Host.Nobody.PostAsync("/v1/sessions", body)).RefusesFields(fields);

    [Theory]
    [InlineData("")]
    [InlineData("{\"email\":")]
    [InlineData("[]")]
    public async Task What_is_no_json_object_is_refused(string body) =>
        (await Host.Nobody.PostAsync("/v1/sessions", body)).IsProblem(400, "malformed_json");

    [Fact]
    public async Task Signing_in_again_is_another_session_and_leaves_nothing_under_its_key()
    {
        var customer = await NewCustomerAsync();
        var key = Guid.NewGuid().ToString();
        var body = new { email = customer.AdministratorEmail, password = Some.Password };

        var tokens = new[]
        {
            (await Host.Nobody.PostAsync("/v1/sessions", body, key)).Is(201)["token"],
            (await Host.Nobody.PostAsync("/v1/sessions", body, key)).Is(201)["token"],
        };

        Assert.NotEqual(tokens[0], tokens[1], StringComparer.Ordinal);
        Assert.Equal(0L, await Ledger.AskAsync<long>("select count(*) from control.idempotency where key = @key", new { key }));
    }

    [Fact]
    public async Task Passwords_and_tokens_are_stored_as_hashes_only()
    {
        var customer = await NewCustomerAsync();

        Assert.StartsWith("AQ", await Ledger.AskAsync<string>(
            "select password_hash from control.person where email = @AdministratorEmail", customer), StringComparison.Ordinal);
        Assert.Equal(0L, await Ledger.AskAsync<long>(
            "select count(*) from control.session where sha256 = convert_to(@Token, 'UTF8')", new { customer.Administrator.Token }));
    }

    private async Task WrongAsync(AdminOrganisation customer, int count) => Assert.All(
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SignInAsync(customer.AdministratorEmail, "a wrong password"))),
        answer => answer.IsProblem(401, "wrong_credentials"));

    private Task<string> LockOutAsync(AdminOrganisation customer) => Ledger.AskAsync<string>(
        """
        select failures || ' ' || (coalesce(locked_until, '-infinity') > ledger_now()) from control.sign_in_guard
        where login = sha256(convert_to(@AdministratorEmail, 'UTF8'))
        """,
        customer);

    private Task<ApiAnswer> SignInAsync(string email, string password) =>
        Host.Nobody.PostAsync("/v1/sessions", new { email, password });
}
