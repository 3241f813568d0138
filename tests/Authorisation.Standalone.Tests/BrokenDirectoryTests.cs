using Xunit;

namespace Authorisation.Standalone.Tests;

[Trait("Tier", "Slow")]
public sealed class BrokenDirectoryTests : DirectoryTest
{
    private const string Remedy = "./dev run --fresh";

    private readonly string _directory;

    public BrokenDirectoryTests() => _directory = NewPath("broken");

    [Fact]
    public async Task A_file_in_its_place_is_told_in_one_line_and_fresh_sets_it_aside()
    {
        await File.WriteAllTextAsync(_directory, "somebody's");

        await using var run = await StandaloneRun.RunAsync(_directory, "--once");
        await run.AssertFailedAsync(1, _directory, Remedy);

        await using var fresh = await StandaloneRun.RunAsync(_directory, "--once", "--fresh");
        await fresh.AssertSucceededAsync();
        Assert.Equal("somebody's", await File.ReadAllTextAsync(SetAside()));
    }

    [Fact]
    public async Task A_directory_of_somebody_else_is_never_deleted()
    {
        Directory.CreateDirectory(_directory);
        await File.WriteAllTextAsync(Path.Combine(_directory, "thesis.txt"), "somebody's");

        await using var run = await StandaloneRun.RunAsync(_directory, "--once");
        await run.AssertFailedAsync(1, _directory, Remedy);

        await using var fresh = await StandaloneRun.RunAsync(_directory, "--once", "--fresh");
        await fresh.AssertSucceededAsync();
        Assert.Equal("somebody's", await File.ReadAllTextAsync(Path.Combine(SetAside(), "thesis.txt")));
    }

    [Fact]
    public async Task A_missing_file_of_Postgres_is_told_in_one_line_and_fresh_mends_it()
    {
        await using var first = await StandaloneRun.RunAsync(_directory, "--once");
        await first.AssertSucceededAsync();

        foreach (var name in new[] { "postgres/password", "postgres/data/PG_VERSION", "postgres/data/global/pg_control" })
        {
            var file = Path.Combine(_directory, name);
            File.Move(file, file + ".away");
            await using var run = await StandaloneRun.RunAsync(_directory, "--once");
            await run.AssertFailedAsync(1, Remedy);
            File.Move(file + ".away", file);
        }

        File.Delete(Path.Combine(_directory, "postgres/data/global/pg_control"));
        await using var fresh = await StandaloneRun.RunAsync(_directory, "--once", "--fresh");
        await fresh.AssertSucceededAsync();
    }

    [Fact]
    public async Task A_file_in_the_place_of_a_servers_directory_is_told_in_one_line()
    {
        await using var first = await StandaloneRun.RunAsync(_directory, "--once");
        await first.AssertSucceededAsync();

        foreach (var name in new[] { "redis", "postgres" })
        {
            var path = Path.Combine(_directory, name);
            Directory.Delete(path, recursive: true);
            await File.WriteAllTextAsync(path, "");
            await using var run = await StandaloneRun.RunAsync(_directory, "--once");
            await run.AssertFailedAsync(1, path, Remedy);
        }
    }

    [Fact]
    public async Task What_an_interrupted_first_start_left_is_made_again()
    {
        await using var first = await StandaloneRun.RunAsync(_directory, "--once");
        await first.AssertSucceededAsync();
        var data = Path.Combine(_directory, "postgres", "data");
        Directory.Move(data, data + ".unfinished");
        File.Delete(Path.Combine(data + ".unfinished", "global", "pg_control"));

        await using var run = await StandaloneRun.RunAsync(_directory, "--once");
        await run.AssertSucceededAsync();
    }

    private string SetAside() => Assert.Single(
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_directory)!, Path.GetFileName(_directory) + "-set-aside-*"));
}
