using Xunit;

namespace Authorisation.Testing.Ledger;

/// <summary>
/// A class fixture for tests that share one migrated ledger: the whole test process's. Each test makes an operator of
/// its own in it (<see cref="TestOperator"/>), nothing is ever deleted, and nobody stops its Postgres.
/// </summary>
/// <remarks>Safe for several threads: <see cref="Lazy{T}"/> makes it once, and everybody awaits that.</remarks>
public sealed class SharedLedger : IAsyncLifetime
{
    private static readonly Lazy<Task<(TestPostgres Postgres, TestLedger Ledger)>> Made = new(async () =>
    {
        var postgres = new SharedPostgres();
        await postgres.InitializeAsync();
        return (postgres.Postgres, await TestLedger.CreateAsync(postgres.Postgres));
    });

    private (TestPostgres Postgres, TestLedger Ledger)? _made;

    /// <summary>The ledger.</summary>
    public TestLedger Ledger => _made?.Ledger ?? throw NotStarted();

    /// <inheritdoc/>
    public async Task InitializeAsync() => _made = await Made.Value;

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>A migrated database of the test's own in the shared Postgres, for tests that shift its clock.</summary>
    public Task<TestLedger> CreateOwnAsync() => TestLedger.CreateAsync(_made?.Postgres ?? throw NotStarted());

    /// <summary>An empty database of the test's own in the shared Postgres.</summary>
    public Task<TestLedger> CreateOwnEmptyAsync() => TestLedger.CreateEmptyAsync(_made?.Postgres ?? throw NotStarted());

    private static InvalidOperationException NotStarted() => new("xunit has not started the fixture.");
}
