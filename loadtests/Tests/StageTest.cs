using Authorisation.LoadTests.Stage;
using Xunit;

namespace Authorisation.LoadTests.Tests;

/// <summary>Base of the tests that have databases of their own, made for real.</summary>
public abstract class StageTest(int accounts) : IAsyncLifetime
{
    /// <summary>The databases.</summary>
    private protected StageServers Stage { get; private set; } = null!;

    /// <summary>A directory of the test's own.</summary>
    protected string Work { get; } = Directory.CreateTempSubdirectory("stage-").FullName;

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() =>
        Stage = await StageServers.StartAsync(Path.Combine(Work, "stage"), accounts, fillsWal: false);

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        Directory.Delete(Work, recursive: true);
    }
}
