using Authorisation.Bench;
using Authorisation.Bench.Check;
using BenchmarkDotNet.Running;

if (args is ["--check", ..])
{
    return await AllocationCheck.RunAsync(args.Length > 1 ? args[1] : "bench/budgets.json", Console.Out);
}

try
{
    var summaries = BenchmarkSwitcher.FromAssembly(typeof(AllocationCheck).Assembly)
        .Run(args.Length == 0 ? ["--filter", "*"] : args, BenchConfig.Create());
    return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
}
finally
{
    await BenchStage.StopAsync();
}
