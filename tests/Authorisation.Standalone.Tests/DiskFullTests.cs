using System.Diagnostics;
using System.Globalization;
using Authorisation.PrivateServers;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Standalone.Tests;

[Trait("Tier", "Slow")]
public sealed class DiskFullTests : DirectoryTest
{
    // Room for: nothing at all; a few files; the beginning of an initdb; most of one.
    [RootFact]
    public async Task A_full_disk_is_told_in_one_line_whenever_it_fills()
    {
        foreach (var kilobytes in new[] { 4, 12, 100, 20_000, 30_000 })
        {
            var disk = NewPath("disk");
            Directory.CreateDirectory(disk);
            Assert.Equal(0, await RunAsync("mount", "-t", "tmpfs", "-o", $"mode=755,size={kilobytes.ToString(CultureInfo.InvariantCulture)}k", "tmpfs", disk));
            try
            {
                await using var run = await StandaloneRun.RunAsync(Path.Combine(disk, "run"), "--once");
                await run.AssertFailedAsync(1, "the disk is full");
            }
            finally
            {
                Assert.Equal(0, await RunAsync("umount", disk));
            }
        }
    }

    [Fact]
    public async Task A_full_disk_is_known_by_the_exception_of_a_write()
    {
        var exception = await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllTextAsync("/dev/full", "text"));
        Assert.True(DiskSpace.IsExhausted(exception));
        Assert.False(DiskSpace.IsExhausted(new IOException("something else")));
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync().WaitAsync(Eventually.Bound);
        return process.ExitCode;
    }
}
