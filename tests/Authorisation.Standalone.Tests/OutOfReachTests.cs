using System.Runtime.InteropServices;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>As root, in a checkout where the user that Postgres runs as cannot go.</summary>
[Trait("Tier", "Slow")]
public sealed class OutOfReachTests : DirectoryTest
{
    private readonly string _directory;

    public OutOfReachTests()
    {
        var checkout = NewPath("private");
        Directory.CreateDirectory(checkout, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _directory = Path.Combine(checkout, ".run");
    }

    private string Link => Path.Combine(_directory, RunDirectory.PostgresName);

    protected override void Dispose(bool disposing)
    {
        PrivateServers.PrivatePostgres.Delete(Link);
        base.Dispose(disposing);
    }

    [RootFact]
    public async Task Postgres_lives_elsewhere_and_keeps_its_data_there()
    {
        await using (var first = await StandaloneRun.StartReadyAsync(_directory))
        {
            await first.SqlAsync("create table kept as select 42 as answer");
            first.Signal(PosixSignal.SIGINT);
            await first.AssertSucceededAsync();
        }

        Assert.StartsWith("/var/tmp/authorisation-", new FileInfo(Link).LinkTarget, StringComparison.Ordinal);
        await using var again = await StandaloneRun.StartReadyAsync(_directory);
        Assert.Equal(42, await again.SqlAsync("select answer from kept"));
    }

    [RootFact]
    public async Task A_lost_home_is_told_and_a_new_beginning_leaves_nothing_of_the_old_one()
    {
        await using var first = await StandaloneRun.RunAsync(_directory, "--once");
        await first.AssertSucceededAsync();
        var home = new FileInfo(Link).LinkTarget!;

        Directory.Move(home, home + ".away");
        await using var lost = await StandaloneRun.RunAsync(_directory, "--once");
        await lost.AssertFailedAsync(1, Link, "./dev run --fresh");
        Directory.Move(home + ".away", home);

        var trace = Path.Combine(home, "data", "trace");
        await File.WriteAllTextAsync(trace, "");
        Directory.Delete(_directory, recursive: true);
        await using var again = await StandaloneRun.RunAsync(_directory, "--once");
        await again.AssertSucceededAsync();
        Assert.False(File.Exists(trace));

        await File.WriteAllTextAsync(trace, "");
        await using var fresh = await StandaloneRun.RunAsync(_directory, "--once", "--fresh");
        await fresh.AssertSucceededAsync();
        Assert.False(File.Exists(trace));
    }
}
