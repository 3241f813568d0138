using System.Globalization;
using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace Authorisation.Bench.Check;

/// <summary>
/// Runs each benchmark for a moment and compares what an operation allocates, on all threads, with its budget. Bytes
/// allocated, unlike times, are the same on a busy machine, so a change that costs memory fails here at once.
/// </summary>
internal static class AllocationCheck
{
    private const int Over = 1;

    /// <summary>Checks everything; 0 when nothing allocates more than its budget and each benchmark has one.</summary>
    public static async Task<int> RunAsync(string budgetsPath, TextWriter output)
    {
        var budgets = JsonSerializer.Deserialize<Dictionary<string, long>>(await File.ReadAllTextAsync(budgetsPath))!;
        var failures = 0;
        try
        {
            await foreach (var (name, bytes) in MeasureAllAsync())
            {
                var isKnown = budgets.Remove(name, out var most);
                var verdict = !isKnown ? "has no budget" : bytes > most ? "over its budget" : "";
                failures += verdict.Length > 0 ? 1 : 0;
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{name,-36}{bytes,12:#,0} bytes of {most,10:#,0}  {verdict}").TrimEnd());
            }
        }
        finally
        {
            await BenchStage.StopAsync();
        }

        foreach (var name in budgets.Keys)
        {
            await output.WriteLineAsync($"{name,-36} has a budget and is no benchmark");
            failures++;
        }

        await output.WriteLineAsync(failures == 0 ? "allocations: within budget" : $"allocations: {failures} to look at");
        return failures == 0 ? 0 : Over;
    }

    private static async IAsyncEnumerable<(string Name, long Bytes)> MeasureAllAsync()
    {
        var types = typeof(AllocationCheck).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(IsBenchmark)).OrderBy(type => type.Name, StringComparer.Ordinal);
        foreach (var type in types)
        {
            foreach (var (instance, suffix) in Instances(type))
            {
                await CallAsync<GlobalSetupAttribute>(instance);
                foreach (var method in type.GetMethods().Where(IsBenchmark))
                {
                    var name = $"{type.Name.Replace("Benchmarks", "", StringComparison.Ordinal)}.{method.Name}{suffix}";
                    yield return (name, await AllocationMeter.MeasureAsync(instance, method));
                }

                await CallAsync<GlobalCleanupAttribute>(instance);
            }
        }
    }

    private static bool IsBenchmark(MethodInfo method) => method.GetCustomAttribute<BenchmarkAttribute>() is not null;

    // One for each value of the one parameter that a benchmark may have.
    private static IEnumerable<(object Instance, string Suffix)> Instances(Type type)
    {
        var parameter = type.GetProperties().FirstOrDefault(one => one.GetCustomAttribute<ParamsAttribute>() is not null);
        if (parameter is null)
        {
            yield return (Activator.CreateInstance(type)!, "");
            yield break;
        }

        foreach (var value in parameter.GetCustomAttribute<ParamsAttribute>()!.Values)
        {
            var instance = Activator.CreateInstance(type)!;
            parameter.SetValue(instance, value);
            yield return (instance, string.Create(CultureInfo.InvariantCulture, $"({value})"));
        }
    }

    private static async Task CallAsync<T>(object instance)
        where T : Attribute
    {
        foreach (var method in instance.GetType().GetMethods().Where(one => one.GetCustomAttribute<T>() is not null))
        {
            if (method.Invoke(instance, null) is Task task)
            {
                await task;
            }
        }
    }
}
