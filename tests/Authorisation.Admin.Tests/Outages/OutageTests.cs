using Authorisation.Admin.Jobs;
using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Provisioning;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.Outages;

/// <summary>A Postgres that is away is told once by each worker, and once more when it is back.</summary>
[Trait("Tier", "Slow")]
public sealed class OutageTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly int[] Fails = [5201, 5101, 5623, 5507];
    private static readonly int[] GoesOn = [5625, 5626, 5624, 5511];

    [Fact]
    public async Task Each_worker_tells_once_that_its_database_is_away_and_once_that_it_goes_on()
    {
        await using var ledger = await TestLedger.CreateAsync(server.Postgres);
        await using var host = await InProcessAdmin.StartAsync(ledger, CodeKey.NewText(), null, "--Logging:LogLevel:Quartz=None");
        host.Log.Expect(5507);
        var job = ActivatorUtilities.CreateInstance<MonthEndJob>(host.Services);
        var @operator = await ledger.Provisioner.AddOperatorAsync(new NewOperator(
            "nights", "Ett provs länstrafik", "SEK", "Europe/Stockholm", true, PurposeRule.KeptIfGiven, 600, TimeSpan.FromMinutes(15)));
        Assert.Equal((200, (int?)null), await HealthAsync(host));

        await server.Private.KillAsync();
        await LookAsync();
        await Eventually.TrueAsync(() => Fails.All(id => Count(host, id) > 0), Eventually.ProcessBound, "each has told");
        Assert.Equal((503, 1), await HealthAsync(host));
        // Long enough for many tries of the two that looked four times a second.
        var tries = Count(host, 5002);
        await Eventually.TrueAsync(
            async () =>
            {
                (await host.Nobody.PostAsync("/v1/sessions", new { email = "a@example.com", password = "long enough it is" }))
                    .IsProblem(503, "ledger_unreachable");
                await LookAsync();
                return Count(host, 5002) >= tries + 3;
            },
            Eventually.ProcessBound,
            "calls were refused for a while");
        await server.Private.StartAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await LookAsync();
                return GoesOn.All(id => Count(host, id) > 0);
            },
            Eventually.ProcessBound,
            "each goes on");

        Assert.All(Fails.Concat(GoesOn), id => Assert.Equal(1, Count(host, id)));

        // As the scheduler does each minute, for an operator that it does not know.
        Task LookAsync() => job.RunAsync(@operator, CancellationToken.None);
    }

    private static int Count(InProcessAdmin host, int id) => host.Log.Entries.Count(entry => entry.EventId.Id == id);

    private static async Task<(int Status, int? RetryAfter)> HealthAsync(InProcessAdmin host)
    {
        var answer = await host.Nobody.GetAsync("/health");
        return (answer.Status, answer.RetryAfter);
    }
}
