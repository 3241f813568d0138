using Authorisation.Admin.Tests.Support;
using Authorisation.Billing.MonthEnd;
using Authorisation.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>Whole hosts with their scheduler: staff ask, midnight comes, a host dies.</summary>
[Trait("Tier", "Slow")]
public sealed class MonthEndHostTests(SharedAdmin shared) : IClassFixture<SharedAdmin>
{
    private static readonly TimeSpan TakenOverBound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Staff_ask_for_a_month_that_is_over_and_see_how_it_went()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        await scene.BusyDecemberAsync();
        await scene.Ledger.SetClockAsync(MonthEndScene.NewYear.AddMinutes(-10));
        await using var host = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey);
        var staff = await StaffAsync(scene, host);
        var code = scene.Operator.Terms.Code;
        (await staff.PostAsync("/v1/month-ends", new { @operator = code, month = "2026-12" })).RefusesFields("month");
        await scene.Ledger.SetClockAsync(MonthEndScene.NewYear.AddHours(1));
        await scene.WatchClocksAsync();
        await scene.Node.Sweeper.SweepAsync(_ => scene.Operator.Terms, CancellationToken.None);

        var asked = (await staff.PostAsync("/v1/month-ends", new { @operator = code, month = "2026-12" })).Is(202);
        await DoneAsync(staff, asked.Id);

        var run = (await staff.GetAsync($"/v1/month-ends/{asked.Id}")).Is(200);
        Assert.Equal(("2026-12", "done", "2027-01-01"), (run["month"], run["step"], run["night"]));
        var verified = (await staff.GetAsync($"/v1/month-ends/{asked.Id}/verification")).Is(200);
        Assert.Equal(("true", run["hash"]), (verified["is_intact"], verified["recomputed_hash"]));
        Assert.Equal(asked.Id, (await staff.PostAsync("/v1/month-ends", new { @operator = code, month = "2026-12" })).Is(202).Id);
        Assert.Equal("2026-12", Assert.Single((await staff.GetAsync($"/v1/month-ends?operator={code}")).Is(200).Items,
            one => one["month"] is not null)["month"]!.ToString());
    }

    [Fact]
    public async Task At_midnight_one_of_two_hosts_closes_the_month()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        await scene.BusyDecemberAsync();
        var midnight = MonthEndScene.NewYear;
        await scene.Ledger.SetClockAsync(midnight.AddSeconds(-8));
        // As hosts that have watched the clocks for longer than the eight seconds that this test takes until midnight.
        await using var one = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, Watched);
        await using var other = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey, Watched);

        await Eventually.TrueAsync(
            async () => (await scene.MonthEndsAsync()).Any(run => run is { Month: 2026_12, FinishedAt: not null }),
            TakenOverBound, "December is closed");

        // At midnight, not at the next look a minute later.
        Assert.InRange((await scene.MonthEndOfAsync(2026_12)).ClosedAt!.Value, midnight.UtcDateTime, midnight.AddSeconds(20).UtcDateTime);
        // Told after it is committed.
        await Eventually.TrueAsync(() => Told().Any(), Eventually.Bound, "the closing is told");
        Assert.Single(Told());
        await scene.AssertStatementsAddUpAsync(2026_12);

        IEnumerable<LogEntry> Told() => one.Log.Entries.Concat(other.Log.Entries).Where(entry =>
            entry.EventId.Id == 5503 && entry.Message.Contains("2027-01-01", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_killed_host_left_another_one_finishes()
    {
        await using var scene = await MonthEndScene.BeginAsync(shared.Ledgers);
        await scene.BusyDecemberAsync();
        // A process has the machine's clock, so the month is the one that is over by it.
        var month = ClosedMonth.Ago(1).Number;
        await scene.MoveAllToAsync(month);
        await scene.AskAsync(month);
        // So that it is met in the midst of its work: nobody writes statements while this is held.
        await using var holder = await scene.Ledger.OpenSessionAsync();
        await holder.ExecuteAsync("begin; lock table billing.statement in share mode");
        await using (var killed = await TestProgram.StartAsync(
            "Authorisation.Admin",
            new Dictionary<string, string>(StringComparer.Ordinal),
            "--Listen:Port=0", $"--Ledger:ConnectionString={scene.Ledger.AdminConnectionString}",
            $"--Activation:CodeKey={shared.CodeKey}"))
        {
            await Eventually.TrueAsync(
                async () => (await scene.MonthEndsAsync()).Any(run => run.Month == month && run.Step > MonthEndStep.Closing),
                TakenOverBound, "the month is closed");
            await killed.KillAsync();
        }

        await holder.ExecuteAsync("rollback");
        Assert.Equal(MonthEndState.Running, (await scene.MonthEndOfAsync(month)).State);
        await using var other = await InProcessAdmin.StartAsync(scene.Ledger, shared.CodeKey);
        await Eventually.TrueAsync(
            async () => (await scene.MonthEndOfAsync(month)).State == MonthEndState.Done, TakenOverBound, "the run is done");

        await scene.AssertStatementsAddUpAsync(month);
        Assert.Equal((await scene.MonthEndOfAsync(month)).Hash, (await scene.VerifyAsync(month)).Hash);
    }

    private static void Watched(IServiceCollection services) =>
        services.AddSingleton(MonthEndSettings.Default with { SteadyTime = TimeSpan.Zero });

    private static async Task DoneAsync(ApiCaller staff, Guid run) => await Eventually.TrueAsync(
        async () => (await staff.GetAsync($"/v1/month-ends/{run}")).Is(200)["state"] == "done", TakenOverBound, "the run is done");

    internal static async Task<ApiCaller> StaffAsync(MonthEndScene scene, InProcessAdmin host)
    {
        var email = Some.Email("staff");
        await Admin.Commands.CreateStaffCommand.CreateAsync(
            scene.Ledger.Owner, scene.Operator.Terms.Code, email, "Stina", Some.Password);
        return await host.SignInAsync(email, Some.Password);
    }
}
