using System.Globalization;
using Authorisation.Provisioning;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Server.Tests.Ledgers;

/// <summary>One server over two ledgers, each with operator ids from a range of its own.</summary>
internal sealed class TwoLedgers : IAsyncDisposable
{
    /// <summary>What the second ledger is called.</summary>
    public const string North = "north";

    private TwoLedgers(TestLedger first, TestLedger second, InProcessServer server) =>
        (First, Second, Server) = (first, second, server);

    /// <summary>The ledger of <c>Ledger:ConnectionString</c>.</summary>
    public TestLedger First { get; }

    /// <summary>The other.</summary>
    public TestLedger Second { get; }

    /// <summary>The server.</summary>
    public InProcessServer Server { get; }

    /// <summary>What the server has of the second.</summary>
    public ServedLedger ServedSecond => Server.Services.GetRequiredService<LedgerDirectory>().All[1];

    /// <summary>Makes two ledgers in the shared Postgres, and starts a server that becomes ready.</summary>
    public static async Task<TwoLedgers> StartAsync(SharedWire wire, params string[] settings)
    {
        var ledgers = await Task.WhenAll(wire.Ledgers.CreateOwnAsync(), wire.Ledgers.CreateOwnAsync());
        await ledgers[0].ExecuteAsync("alter table operator alter column id set maxvalue 999");
        await GiveRangeAsync(ledgers[1], 2_000);
        var two = await StartAsync(ledgers[0], ledgers[1], wire.Redis, new TestLog(), settings);
        await two.Server.BecomeReadyAsync();
        return two;
    }

    /// <summary>Starts a server over two ledgers, which need not be there.</summary>
    public static async Task<TwoLedgers> StartAsync(
        TestLedger first, TestLedger second, string redis, TestLog log, params string[] settings) => new(
            first, second, await InProcessServer.StartAsync(
                first.ServiceConnectionString, redis, log, time: null, [SettingFor(second), .. settings]));

    /// <summary>The setting that leads a server to its second ledger.</summary>
    public static string SettingFor(TestLedger second) => $"--Ledger:Others:{North}:ConnectionString={second.ServiceConnectionString}";

    /// <summary>Has a ledger that has no operators give them ids from a range of its own, as the documentation says.</summary>
    public static Task GiveRangeAsync(TestLedger ledger, int first) => ledger.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"alter table operator alter column id set minvalue {first} set maxvalue {first + 999} set start {first} restart"));

    /// <summary>An operator in each ledger.</summary>
    public async Task<(WireOperator InFirst, WireOperator InSecond)> AddOperatorsAsync(Func<NewOperator, NewOperator>? change = null) => (
        await WireOperator.CreateAsync(First, Server, change), await WireOperator.CreateAsync(Second, Server, change));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
