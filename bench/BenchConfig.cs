using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Authorisation.Bench;

/// <summary>
/// How benchmarks run: in this process, because a project generated beside this one would have to pass its analyzers.
/// </summary>
internal static class BenchConfig
{
    private const int Warmups = 5;
    private const int Iterations = 12;

    /// <summary>Makes the configuration.</summary>
    public static IConfig Create() => DefaultConfig.Instance
        .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(Warmups).WithIterationCount(Iterations))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.WarmupCount)
        .WithArtifactsPath("artifacts/bench");
}
