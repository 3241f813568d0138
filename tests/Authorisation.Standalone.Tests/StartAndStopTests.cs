using System.Runtime.InteropServices;
using Xunit;

namespace Authorisation.Standalone.Tests;

[Trait("Tier", "Slow")]
public sealed class StartAndStopTests : DirectoryTest
{
    private readonly string _directory;

    public StartAndStopTests() => _directory = NewPath("run");

    [Theory]
    [InlineData("authorisation-run-directory")]
    [InlineData("postgres/password")]
    [InlineData("postgres/data.unfinished/PG_VERSION")]
    [InlineData("postgres/data")]
    public async Task Ctrl_C_in_the_middle_of_the_first_start_leaves_no_process_and_the_next_start_works(string appeared)
    {
        // What is unfinished is there for half a second; a machine under load may show only what came after.
        await using var run = StandaloneRun.Start(_directory);
        await run.WaitAsync(
            () => Path.Exists(Path.Combine(_directory, appeared)) || Path.Exists(Path.Combine(_directory, "postgres/data")),
            $"{appeared} is there");

        run.Signal(PosixSignal.SIGINT);

        // It may have been just ready: then Ctrl-C is the way it is meant to end.
        if (await run.EndAsync() == 0)
        {
            Assert.Contains(StandaloneRun.Ready, run.Output, StringComparison.Ordinal);
        }
        else
        {
            await run.AssertFailedAsync(130, "Interrupted");
        }

        await run.WaitForServersToEndAsync();
        await using var next = await StandaloneRun.RunAsync(_directory, "--once");
        await next.AssertSucceededAsync();
    }

    [Fact]
    public async Task A_second_start_beside_the_first_names_it_and_leaves_it_alone()
    {
        await using var first = await StandaloneRun.StartReadyAsync(_directory);

        foreach (var arguments in new[] { Array.Empty<string>(), ["--fresh"] })
        {
            await using var second = await StandaloneRun.RunAsync(_directory, arguments);
            Assert.Equal(1, await second.EndAsync());
            Assert.Equal(
                $"another ./dev run of this checkout is running (process {first.ProcessId}): "
                + "stop it first (Ctrl-C there), or use it as it is",
                second.Errors);
        }

        Assert.Equal(1, await first.SqlAsync("select 1"));
    }

    [Fact]
    public async Task The_servers_die_with_a_killed_program_and_the_next_start_goes_on_with_the_data()
    {
        await using (var killed = await StandaloneRun.StartReadyAsync(_directory))
        {
            await killed.SqlAsync("create table kept as select 42 as answer");
            await killed.KillAsync();
            await killed.WaitForServersToEndAsync();
        }

        await using (var again = await StandaloneRun.StartReadyAsync(_directory))
        {
            Assert.Equal(42, await again.SqlAsync("select answer from kept"));
            await again.KillAsync();
        }

        // This time while the servers are still ending.
        await using var next = await StandaloneRun.RunAsync(_directory, "--once");
        await next.AssertSucceededAsync();
    }

    [Fact]
    public async Task A_signal_stops_everything_and_the_next_start_goes_on_with_the_data_unless_it_is_fresh()
    {
        const string IsKept = "select to_regclass('kept') is not null";
        await using (var first = await StandaloneRun.StartReadyAsync(_directory))
        {
            Assert.NotEmpty(first.Servers());
            await first.SqlAsync("create table kept ()");
            first.Signal(PosixSignal.SIGINT);
            await first.AssertSucceededAsync();
        }

        await using (var again = await StandaloneRun.StartReadyAsync(_directory))
        {
            Assert.Equal(true, await again.SqlAsync(IsKept));
            again.Signal(PosixSignal.SIGTERM);
            await again.AssertSucceededAsync();
        }

        await using var fresh = await StandaloneRun.StartReadyAsync(_directory, "--fresh");
        Assert.Equal(false, await fresh.SqlAsync(IsKept));
    }

    [Fact]
    public async Task A_server_that_somebody_kills_is_started_again_with_its_data()
    {
        await using var run = await StandaloneRun.StartReadyAsync(_directory);
        await run.SqlAsync("create table kept as select 42 as answer");

        foreach (var id in run.Servers())
        {
            KillIfThere(id);
        }

        await run.WaitForOutputAsync("Postgres runs again");
        await run.WaitForOutputAsync("Redis runs again");
        Assert.Equal(42, await run.SqlAsync("select answer from kept"));
    }

    /// <summary>Kills a process. A backend of Postgres may have ended by itself, or with the postmaster that was killed first.</summary>
    private static void KillIfThere(int id)
    {
        try
        {
            using var server = System.Diagnostics.Process.GetProcessById(id);
            server.Kill();
        }
        catch (ArgumentException)
        {
            // It is gone.
        }
    }
}
