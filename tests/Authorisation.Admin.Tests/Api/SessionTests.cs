using System.Diagnostics;
using Authorisation.Admin.Tests.Support;
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
    public async Task Unknown_address_and_wrong_password_get_the_same_answer_in_the_same_time()
    {
        var customer = await NewCustomerAsync();
        // The first calls of a process cost what later ones do not.
        await SignInAsync(Some.Email(), "a wrong password");

        var unknown = await TimedAsync(() => SignInAsync(Some.Email(), "a wrong password"));
        var wrong = await TimedAsync(() => SignInAsync(customer.AdministratorEmail, "a wrong password"));

        Assert.Equal(unknown.Answer.Text, wrong.Answer.Text);
        unknown.Answer.IsProblem(401, "wrong_credentials");
        // Hashing is nearly all of either. The bound is wide, for a machine with other things to do.
        Assert.InRange(wrong.Took / unknown.Took, 0.2, 5);
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
            "update control.person set locked_until = clock_timestamp() - interval '1 second' where email = @AdministratorEmail", customer);
        (await SignInAsync(customer.AdministratorEmail, Some.Password)).Is(201);
    }

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
    public async Task A_repeated_sign_in_with_the_same_key_does_not_show_its_token_again()
    {
        var customer = await NewCustomerAsync();
        var key = Guid.NewGuid().ToString();
        var body = new { email = customer.AdministratorEmail, password = Some.Password };
        (await Host.Nobody.PostAsync("/v1/sessions", body, key)).Is(201);

        (await Host.Nobody.PostAsync("/v1/sessions", body, key)).IsProblem(409, "shown_before");
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

    private Task<ApiAnswer> SignInAsync(string email, string password) =>
        Host.Nobody.PostAsync("/v1/sessions", new { email, password });

    private static async Task<(ApiAnswer Answer, double Took)> TimedAsync(Func<Task<ApiAnswer>> call)
    {
        ApiAnswer? answer = null;
        var best = double.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var began = Stopwatch.GetTimestamp();
            answer = await call();
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return (answer!, best);
    }
}
