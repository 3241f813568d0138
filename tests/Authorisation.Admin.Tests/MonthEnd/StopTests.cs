using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Provisioning;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Dapper;
using Xunit;

namespace Authorisation.Admin.Tests.MonthEnd;

/// <summary>A host ends when it is told to, whatever state its database is in.</summary>
[Trait("Tier", "Slow")]
public sealed class StopTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task A_host_whose_database_goes_in_the_middle_of_its_work_stops_all_the_same()
    {
        await using var ledger = await TestLedger.CreateAsync(server.Postgres);
        await ledger.Provisioner.AddOperatorAsync(new NewOperator(
            "night", "Ett provs länstrafik", "SEK", "Europe/Stockholm", true, PurposeRule.KeptIfGiven, 600, TimeSpan.FromMinutes(15)));
        await using var postgres = await ledger.OpenSessionAsync(server.ConnectionString);
        await using var holder = await ledger.OpenSessionAsync();
        await holder.ExecuteAsync("begin; lock table billing.month_end in access exclusive mode");
        await using var host = await InProcessAdmin.StartAsync(
            // The scheduler tells of every try that fails.
            ledger, CodeKey.NewText(), null, "--Logging:LogLevel:Quartz=None");
        host.Log.Expect(5507);
        await Eventually.TrueAsync(
            () => postgres.ExecuteScalarAsync<bool>(
                "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like '%from billing.month_end%')"),
            // It waits there for seconds, and for the next time not before a minute later.
            TimeSpan.FromSeconds(100),
            "the night's work is at it");

        await server.Private.KillAsync();
        await Eventually.TrueAsync(
            () => host.Log.Entries.Any(entry => entry.EventId.Id == 5507), Eventually.Bound, "the work has lost its database");

        // Stops, and everything it is made of with it, within the bound that disposing has.
    }
}
