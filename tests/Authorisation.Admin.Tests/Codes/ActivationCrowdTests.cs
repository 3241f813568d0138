using System.Diagnostics;
using Authorisation.Admin.Tests.Support;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.V1;
using Dapper;
using Grpc.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Codes;

/// <summary>Activations under a crowd: many at once, of one login and of many, on one server and on several.</summary>
[Trait("Tier", "Slow")]
public sealed class ActivationCrowdTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string Refused = "ACTIVATION_REFUSED", TooMany = "TOO_MANY_ACTIVATIONS", Activated = "";

    [Fact]
    public async Task Of_400_at_once_of_one_login_one_is_activated_and_none_is_told_that_the_ledger_is_gone()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync();
        var other = await StageAsync(stage.Customer);
        var app = await server.ActivateAsync(other.BackEnd, other.Login, other.Code);

        var crowd = Enumerable.Range(0, 400).Select(_ => TryAsync(server, stage.BackEnd, stage.Login, stage.Code)).ToList();
        var credit = await server.Purchases.GetCreditAsync(
            new GetCreditRequest { AppAccountId = other.Account.ToString() }, DataPlane.Call(app.AppToken));
        var bought = await server.BuyAsync(app.AppToken, other.Account, 100);
        var reasons = await Task.WhenAll(crowd);

        Assert.Equal(50_000, credit.LimitMinor);
        Assert.Equal(Decision.Approved, bought.Decision);
        Assert.Single(reasons, reason => reason == Activated);
        Assert.All(reasons, reason => Assert.True(reason is Activated or Refused or TooMany, reason));
        Assert.InRange(reasons.Count(reason => reason == Refused), 0, AppActivator.LoginFailuresMax);
        Assert.Contains(reasons, reason => reason == TooMany);
    }

    [Fact]
    public async Task The_bounds_of_a_login_and_a_code_hold_exactly_in_a_race_on_two_servers()
    {
        await using var one = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        await using var two = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync();

        var reasons = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            reasons.AddRange(await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
                TryAsync(i % 2 == 0 ? one : two, stage.BackEnd, stage.Login, $"{round:D4}{i:D4}"))));
        }

        Assert.Equal(AppActivator.LoginFailuresMax, reasons.Count(reason => reason == Refused));
        Assert.Equal(reasons.Count - AppActivator.LoginFailuresMax, reasons.Count(reason => reason == TooMany));
        Assert.Equal(
            AppActivator.LoginFailuresMax,
            await Ledger.AskAsync<long>(
                "select count(*) from control.activation_failure where operator_id = @Id", new { stage.Customer.Operator.Id }));
        Assert.Equal(
            Core.Limits.ActivationTriesMax,
            await Ledger.AskAsync<int>("select tries from control.activation_code where account_id = @Account", new { stage.Account }));
    }

    [Fact]
    public async Task An_activation_waits_for_another_servers_of_the_same_login_without_a_connection_and_is_then_refused_as_too_many()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync();
        Assert.True(CodeKey.TryParse(Shared.CodeKey, out var key));
        await using var another = await Ledger.OpenSessionAsync();
        await using var transaction = await another.BeginTransactionAsync();
        await another.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended(encode(@login, 'hex'), @Id))",
            new { login = key!.OfLogin(stage.Customer.Operator.Id, stage.Login), stage.Customer.Operator.Id }, transaction);

        Assert.Equal(TooMany, await TryAsync(server, stage.BackEnd, stage.Login, stage.Code));
        var waiting = TryAsync(server, stage.BackEnd, stage.Login, stage.Code);
        Assert.Equal(0, await Ledger.AskAsync<long>(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and query like '%from connect_app(%' and wait_event = 'advisory'
            """));
        await transaction.RollbackAsync();

        Assert.Equal(Activated, await waiting);
    }

    [Theory]
    [InlineData(AppActivator.ClientFailuresMax, "0 seconds")]
    [InlineData(AppActivator.OperatorFailuresMax, "10 minutes")]
    public async Task A_spray_over_many_logins_shuts_nobody_out_and_gets_no_more_guesses_at_a_login(int failures, string age)
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync();
        var tried = await StageAsync(stage.Customer);
        var wrong = Wrong(tried.Code);
        Assert.Equal(Refused, await TryAsync(server, tried.BackEnd, tried.Login, wrong));
        await SprayAsync(stage, failures, age);

        // Whether there is a code for it or not, a login is told the same, and as late.
        var answers = new List<(string Message, TimeSpan Took)>();
        foreach (var (login, code) in new[] { ("nobody", "12345678"), (stage.Login, Wrong(stage.Code)), (tried.Login, tried.Code) })
        {
            var began = Stopwatch.GetTimestamp();
            var error = await Assert.ThrowsAsync<RpcException>(() => server.ActivateAsync(stage.BackEnd, login, code));
            answers.Add((error.Status.Detail, Stopwatch.GetElapsedTime(began)));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        }

        Assert.Single(answers.Select(answer => answer.Message).Distinct(StringComparer.Ordinal));
        Assert.All(answers, answer => Assert.True(answer.Took >= Core.Limits.ActivationRefusalTime, answer.Took.ToString()));
        Assert.Equal(1, await TriesAsync(tried));
        Assert.Equal(1, await TriesAsync(stage));
        Assert.Equal(TooMany, await TryAsync(server, stage.BackEnd, stage.Login, stage.Code));
        Assert.Equal(1, await TriesAsync(stage));

        var traveller = await StageAsync(stage.Customer);
        Assert.Equal(Activated, await TryAsync(server, traveller.BackEnd, traveller.Login, traveller.Code));
    }

    [Fact]
    public async Task One_clients_flood_of_logins_leaves_anothers_activation_its_turn()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var flooder = await StageAsync();
        var other = await StageAsync();

        var flood = Enumerable.Range(0, 2_000)
            .Select(i => TryAsync(server, flooder.BackEnd, $"nobody-{i}", "12345678")).ToList();

        Assert.Equal(Activated, await TryAsync(server, other.BackEnd, other.Login, other.Code));
        Assert.All(await Task.WhenAll(flood), reason => Assert.True(reason is Refused or TooMany, reason));
    }

    [Fact]
    public async Task A_locked_account_is_told_as_a_busy_ledger_and_the_code_is_not_spent()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var stage = await StageAsync();
        await using var psql = await Ledger.OpenSessionAsync();
        await using var transaction = await psql.BeginTransactionAsync();
        await psql.ExecuteAsync("select from credit_account where id = @Account for update", new { stage.Account }, transaction);

        Assert.Equal("LEDGER_BUSY", await TryAsync(server, stage.BackEnd, stage.Login, stage.Code));
        // Only the right code waits for the account: a wrong one is refused as ever.
        Assert.Equal(Refused, await TryAsync(server, stage.BackEnd, stage.Login, Wrong(stage.Code)));
        await transaction.RollbackAsync();

        Assert.Equal(Activated, await TryAsync(server, stage.BackEnd, stage.Login, stage.Code));
    }

    private static string Wrong(string code) => code == "11111111" ? "22222222" : "11111111";

    private static async Task<string> TryAsync(DataPlane server, string backEnd, string login, string code)
    {
        var request = new ActivateRequest { Login = login, Code = code, ActivationId = Guid.NewGuid().ToString() };
        var options = DataPlane.Call(backEnd).WithDeadline(DateTime.UtcNow + (3 * Eventually.Bound));
        try
        {
            await server.Activations.ActivateAsync(request, options);
            return Activated;
        }
        catch (RpcException e)
        {
            var details = e.Trailers.GetValueBytes("grpc-status-details-bin");
            return details is null
                ? $"{e.Status}"
                : Google.Rpc.Status.Parser.ParseFrom(details).Details[0].Unpack<Google.Rpc.ErrorInfo>().Reason;
        }
    }

    private Task<int> TriesAsync(Stage stage) =>
        Ledger.AskAsync<int>("select tries from control.activation_code where account_id = @Account", new { stage.Account });

    private Task SprayAsync(Stage stage, int failures, string age) => Ledger.ExecuteAsync(
        """
        insert into control.activation_failure (operator_id, client_id, login, failed_at)
        select c.operator_id, c.id, decode(md5(n::text) || md5(n::text), 'hex'), ledger_now() - @age::interval
        from client c, generate_series(1, @failures) n
        where c.operator_id = @Id
        """,
        new { stage.Customer.Operator.Id, failures, age });

    private async Task<Stage> StageAsync(AdminOrganisation? customer = null)
    {
        customer ??= await NewCustomerAsync("jonkoping");
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        var (login, code) = await Mailbox.CodeAsync(traveller["mobile"]!);
        var client = await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "app_back_end", name = "Appen" });
        return new Stage(customer, account.Id, login, code, client.Is(201)["token"]!);
    }

    private sealed record Stage(AdminOrganisation Customer, Guid Account, string Login, string Code, string BackEnd);
}
