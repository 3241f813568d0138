using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Admin.Tests.Support;

/// <summary>What most tests run against, once for the whole test process: a migrated ledger and a control plane on it.</summary>
/// <remarks>Safe for several threads: <see cref="Lazy{T}"/> makes it once, and everybody awaits that.</remarks>
public sealed class SharedAdmin : IAsyncLifetime
{
    private static readonly Lazy<Task<Parts>> Made = new(MakeAsync);

    private Parts? _parts;

    /// <summary>The ledger.</summary>
    public TestLedger Ledger => Started.Fixture.Ledger;

    /// <summary>The ledger's fixture, for tests that want a database of their own.</summary>
    public SharedLedger Ledgers => Started.Fixture;

    /// <summary>The key of codes.</summary>
    public string CodeKey => Started.CodeKey;

    internal InProcessAdmin Host => Started.Host;

    internal Mailbox Mailbox => Started.Mailbox;

    private Parts Started => _parts ?? throw new InvalidOperationException("xunit has not started the fixture.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _parts = await Made.Value;

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<Parts> MakeAsync()
    {
        var ledgers = new SharedLedger();
        await ledgers.InitializeAsync();
        var directory = TestDirectory.NewPath("messages");
        var key = NewKey();
        var host = await InProcessAdmin.StartAsync(
            ledgers.Ledger, key, null, $"--Messages:Directory={directory}", "--Access:AnonymousCallsPerMinute=1000000",
            // Months are closed by the tests that are about them.
            "--MonthEnd:Runs=false");
        return new Parts(ledgers, host, new Mailbox(directory), key);
    }

    private static string NewKey() => Authorisation.Ledger.Activation.CodeKey.NewText();

    private sealed record Parts(SharedLedger Fixture, InProcessAdmin Host, Mailbox Mailbox, string CodeKey);
}
