using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.Subscriptions;

/// <summary>Months of subscriptions while nobody has watched the clocks: none begins until a person says that it has come.</summary>
[Trait("Tier", "Slow")]
public sealed class UnwatchedClockTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    [Fact]
    public async Task A_month_begins_once_staff_ask_for_the_end_of_the_one_before_and_none_after_it()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.SetAsync();
        var product = await scene.AddProductAsync("zone-1", 79_500);
        var subscription = (await scene.Administrator.PostAsync($"{scene.Path}/subscriptions", new
        {
            department_id = scene.Customer.DepartmentId,
            mobile = Support.Some.NorwegianMobile(),
            product,
            first_name = "Kari",
            last_name = "Nordmann",
        })).Is(201).Id;
        var (september, october) = (CreditMonth.FromNumber(2026_09), CreditMonth.FromNumber(2026_10));
        await scene.SetClockAsync(october, TimeSpan.FromHours(1));
        // The clocks agree, and nobody has watched them for long enough.
        await scene.Ledger.ExecuteAsync(
            """
            insert into billing.clock_moment (host, host_at, database_at, steady_since)
            values ('test', ledger_now(), ledger_now(), ledger_now())
            on conflict (id) do update
            set host_at = excluded.host_at, database_at = excluded.database_at, steady_since = excluded.steady_since
            """);

        await RunAsync(scene);
        Assert.Equal("", await scene.EventsAsync(subscription));
        Assert.Equal(0, await scene.ChargedAsync(september));

        await AskAsync(scene, september.Number - 1);
        await RunAsync(scene);
        Assert.Equal("month_ordered 2026-09 zone-1", await scene.EventsAsync(subscription));
        Assert.Equal((79_500, 0), (await scene.ChargedAsync(september), await scene.ChargedAsync(october)));

        await AskAsync(scene, september.Number);
        await RunAsync(scene);
        await RunAsync(scene);
        Assert.Equal("month_ordered 2026-09 zone-1, month_ordered 2026-10 zone-1", await scene.EventsAsync(subscription));
        Assert.Equal((79_500, 79_500), (await scene.ChargedAsync(september), await scene.ChargedAsync(october)));
    }

    private static Task RunAsync(SubscriptionScene scene) =>
        scene.Host.Services.GetRequiredService<MonthEndRunner>().RunAsync(scene.Operator.Id, CancellationToken.None);

    private static async Task AskAsync(SubscriptionScene scene, int month)
    {
        await using var db = await scene.Host.Services.GetRequiredService<ControlDatabase>().OpenAsync(CancellationToken.None);
        await MonthEndRun.AddAsync(db, scene.Operator.Id, NightlyRun.After(CreditMonth.FromNumber(month)));
        await MonthEndRun.AskAsync(db, scene.Operator.Id, CreditMonth.FromNumber(month));
    }
}
