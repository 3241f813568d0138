using System.Runtime.InteropServices;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>As root, in a checkout where the user that Postgres runs as cannot go.</summary>
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
    public async Task Fresh_deletes_the_data_elsewhere_too()
    {
        await using var first = await StandaloneRun.RunAsync(_directory, "--once");
        await first.AssertSucceededAsync();
        var trace = Path.Combine(new FileInfo(Link).LinkTarget!, "data", "trace");
        await File.WriteAllTextAsync(trace, "");

        await using var fresh = await StandaloneRun.RunAsync(_directory, "--once", "--fresh");

        await fresh.AssertSucceededAsync();
        Assert.False(File.Exists(trace));
    }

    [RootFact]
    public async Task A_deleted_run_directory_means_a_new_beginning_also_elsewhere()
    {
        await using var first = await StandaloneRun.RunAsync(_directory, "--once");
        await first.AssertSucceededAsync();
        var trace = Path.Combine(new FileInfo(Link).LinkTarget!, "data", "trace");
        await File.WriteAllTextAsync(trace, "");
        Directory.Delete(_directory, recursive: true);

        await using var again = await StandaloneRun.RunAsync(_directory, "--once");

        await again.AssertSucceededAsync();
        Assert.False(File.Exists(trace));
    }

    [RootFact]
    public async Task A_link_that_leads_nowhere_is_told_in_one_line()
    {
        await using var first = await StandaloneRun.RunAsync(_directory, "--once");
        await first.AssertSucceededAsync();
        Directory.Delete(new FileInfo(Link).LinkTarget!, recursive: true);

        await using var run = await StandaloneRun.RunAsync(_directory, "--once");

        await run.AssertFailedAsync(1, Link, "./dev run --fresh");
    }
}
