using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Authorisation.Bench.Check;

/// <summary>Counts the bytes that an operation allocates.</summary>
internal static class AllocationMeter
{
    private const int Rounds = 3;
    private const int InvocationsMin = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    /// <summary>The least of a few rounds: what else runs in the process can only add.</summary>
    public static Task<long> MeasureAsync(object instance, MethodInfo method)
    {
        var measure = typeof(AllocationMeter)
            .GetMethod(nameof(MeasureReturningAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.ReturnType);
        var operations = method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
        return (Task<long>)measure.Invoke(null, [instance, method, operations])!;
    }

    private static async Task<long> MeasureReturningAsync<T>(object instance, MethodInfo method, int operations)
    {
        // A delegate, because calling by reflection would allocate.
        var invoke = method.CreateDelegate<Func<T>>(instance);
        await RepeatAsync(invoke, WarmUp);
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var invocations = await RepeatAsync(invoke, Round);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            least = Math.Min(least, (double)allocated / invocations / operations);
        }

        return (long)Math.Round(least);
    }

    private static async Task<long> RepeatAsync<T>(Func<T> invoke, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        long invocations = 0;
        while (invocations < InvocationsMin || Stopwatch.GetElapsedTime(began) < time)
        {
            if (invoke() is Task task)
            {
                await task;
            }

            invocations++;
        }

        return invocations;
    }
}
