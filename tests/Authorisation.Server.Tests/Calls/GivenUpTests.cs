using System.Collections.Concurrent;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Xunit;

namespace Authorisation.Server.Tests.Calls;

/// <summary>
/// Calls that their clients cancel, or whose deadlines pass, at any moment: each ends, its server goes on, and says nothing
/// of it at error. <see cref="WireTest"/> looks at the log.
/// </summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class GivenUpTests(SharedWire wire) : WireTest(wire)
{
    private const int Calls = 2_000;
    private const int AtOnce = 16;
    private const int DelayMaxMicroseconds = 12_000;

    public static TheoryData<string, bool> Ways
    {
        get
        {
            var ways = new TheoryData<string, bool>();
            foreach (var call in (string[])["Authorise", "AuthoriseStream", "SubmitAdvices", "WatchCards", "Check", "Watch", "reflection"])
            {
                ways.Add(call, false);
                ways.Add(call, true);
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Calls_given_up_at_any_moment_end_and_are_no_errors(string call, bool byDeadline)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(1_000_000);
        var unobserved = new ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception.ToString());
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) =>
            {
                var wait = TimeSpan.FromMicroseconds(Random.Shared.Next(DelayMaxMicroseconds));
                using var cancel = new CancellationTokenSource();
                var deadline = DateTime.UtcNow + (byDeadline ? wait : TestCaller.CallBound);
                if (!byDeadline)
                {
                    cancel.CancelAfter(wait);
                }

                try
                {
                    await RunAsync(call, on, card, new CallOptions(on.Validator.Headers, deadline, cancel.Token))
                        .WaitAsync(Eventually.Bound, CancellationToken.None);
                }
                catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException or IOException
                    or HttpRequestException)
                {
                    // Given up, as it was meant. The last comes out of a write to a connection that just ended, which its other
                    // calls are told as a status.
                }
            });
            await on.Validator.AuthoriseAsync(on.Buy(card));
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.DoesNotContain(unobserved, text => text.Contains(" Authorisation.Server.", StringComparison.Ordinal)
            && !text.Contains("Authorisation.Server.Tests.", StringComparison.Ordinal));
    }

    private static Task RunAsync(string call, WireOperator on, Core.Instrument card, CallOptions options) => call switch
    {
        "Authorise" => on.Validator.Client.AuthoriseAsync(on.Buy(card, 1), options).ResponseAsync,
        "AuthoriseStream" => TalkAsync(on.Validator.Client.AuthoriseStream(options), () => on.Buy(card, 1)),
        "SubmitAdvices" => TalkAsync(
            new V1.OfflineService.OfflineServiceClient(on.Validator.Channel).SubmitAdvices(options),
            () => new Advice { Purchase = on.Buy(card, 1) }),
        "WatchCards" => ListenAsync(
            new V1.OfflineService.OfflineServiceClient(on.Validator.Channel).WatchCards(new WatchCardsRequest(), options)),
        "Check" => new Grpc.Health.V1.Health.HealthClient(on.Validator.Channel).CheckAsync(new HealthCheckRequest(), options).ResponseAsync,
        "Watch" => ListenAsync(new Grpc.Health.V1.Health.HealthClient(on.Validator.Channel).Watch(new HealthCheckRequest(), options)),
        _ => TalkAsync(
            new ServerReflection.ServerReflectionClient(on.Validator.Channel).ServerReflectionInfo(options),
            () => new ServerReflectionRequest { ListServices = "" }),
    };

    private static async Task TalkAsync<TRequest, TResponse>(AsyncDuplexStreamingCall<TRequest, TResponse> call, Func<TRequest> next)
    {
        using (call)
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(next());
                await call.RequestStream.WriteAsync(next());
                await call.ResponseStream.MoveNext(CancellationToken.None);
            }
        }
    }

    private static async Task ListenAsync<TResponse>(AsyncServerStreamingCall<TResponse> call)
    {
        using (call)
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                // Until it is given up.
            }
        }
    }
}
