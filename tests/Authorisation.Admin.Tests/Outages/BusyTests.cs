using Authorisation.Admin.Commands;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Work;
using Authorisation.Testing.Ledger;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.Outages;

/// <summary>A Postgres that answers and that others keep busy is told apart from one that is away: nothing was changed.</summary>
[Trait("Tier", "Slow")]
public sealed class BusyTests(SharedAdmin shared) : IClassFixture<SharedAdmin>
{
    [Fact]
    public async Task What_needs_a_locked_table_is_answered_busy_changes_nothing_and_is_done_when_it_is_tried_again()
    {
        await using var ledger = await shared.Ledgers.CreateOwnAsync();
        await using var host = await StartAsync(ledger);
        var staff = await StaffAsync(ledger, host);
        var before = (await staff.GetAsync("/v1/clients")).Is(200).Items.Count;
        var client = new { kind = "validator", name = "Buss 1" };

        await using (var holder = await ledger.OpenSessionAsync())
        {
            await holder.ExecuteAsync("begin; lock table client in access exclusive mode");
            (await staff.PostAsync("/v1/clients", client)).IsProblem(503, "busy");
            (await staff.GetAsync("/v1/clients")).IsProblem(503, "busy");
            // What does not need it is not held up.
            (await staff.GetAsync("/v1/staff")).Is(200);
            await holder.ExecuteAsync("rollback");
        }

        Assert.Equal(before, (await staff.GetAsync("/v1/clients")).Is(200).Items.Count);
        (await staff.PostAsync("/v1/clients", client)).Is(201);
        Assert.Contains(host.Log.Entries, entry => entry.EventId.Id == 5002);
    }

    [Fact]
    public async Task While_all_connections_are_in_use_calls_are_answered_busy()
    {
        await using var ledger = await shared.Ledgers.CreateOwnAsync();
        var connection = new NpgsqlConnectionStringBuilder(ledger.AdminConnectionString) { MaxPoolSize = 2 };
        await using var host = await StartAsync(ledger, $"--Ledger:ConnectionString={connection}");
        var staff = await StaffAsync(ledger, host);
        var database = host.Services.GetRequiredService<ControlDatabase>();

        // The workers' turn at a connection ends, and no other of theirs begins.
        await using (var one = await database.OpenAsync(CancellationToken.None))
        await using (var other = await database.OpenAsync(CancellationToken.None))
        {
            (await staff.GetAsync("/v1/staff")).IsProblem(503, "busy");
        }

        (await staff.GetAsync("/v1/staff")).Is(200);
    }

    private Task<InProcessAdmin> StartAsync(TestLedger ledger, params string[] settings) => InProcessAdmin.StartAsync(
        ledger, shared.CodeKey, null, ["--MonthEnd:Runs=false", .. settings]);

    private static async Task<ApiCaller> StaffAsync(TestLedger ledger, InProcessAdmin host)
    {
        var at = await TestOperator.CreateAsync(ledger);
        var email = Some.Email("staff");
        await CreateStaffCommand.CreateAsync(ledger.Owner, at.Terms.Code, email, "Stina", Some.Password);
        return await host.SignInAsync(email, Some.Password);
    }
}
