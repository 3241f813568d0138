using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Grpc.Tests.Lifetime;

public class LifetimeTests
{
    [Fact]
    public async Task Stopping_the_host_lets_calls_under_way_end()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = async (request, _) =>
        {
            started.SetResult();
            await release.Task;
            return request;
        });
        var call = server.Client().UnaryAsync(new Note { Text = "late" });
        await started.Task.Soon();
        var stopping = server.App.StopAsync();
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        Assert.Equal("late", (await call.ResponseAsync.Soon()).Text);
        await stopping.Soon();
        await Expect.StatusAsync(StatusCode.Unavailable, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
    }

    [Fact]
    public async Task Reads_and_writes_after_the_handler_has_ended_fail()
    {
        IAsyncStreamReader<Note>? reader = null;
        IServerStreamWriter<Note>? writer = null;
        await using var server = await TestServer.StartAsync(handlers => handlers.Talk = (requests, responses, _) =>
        {
            (reader, writer) = (requests, responses);
            return Task.CompletedTask;
        });
        using var call = server.Client().Talk();
        Assert.False(await call.ResponseStream.MoveNext().Soon());
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer!.WriteAsync(new Note()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader!.MoveNext());
    }

    [Fact]
    public async Task Only_one_write_and_one_read_may_be_under_way()
    {
        var second = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(handlers => handlers.Talk = async (requests, _, _) =>
        {
            var first = requests.MoveNext();
            second.SetResult(await Record.ExceptionAsync(() => requests.MoveNext()));
            await first;
        });
        using var call = server.Client().Talk();
        var read = call.ResponseStream.MoveNext();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.ResponseStream.MoveNext());

        // Only now: a message that is there already ends the first read before the second begins.
        Assert.IsType<InvalidOperationException>(await second.Task.Soon());
        await call.RequestStream.WriteAsync(new Note());
        Assert.False(await read.Soon());
    }

    [Fact]
    public async Task Writes_after_completion_fail_on_the_client()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Client().Gather();
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Note()));
    }

    [Fact]
    public async Task A_slow_reader_holds_a_fast_handler_back()
    {
        const int Messages = 400;
        var written = 0;
        var stalled = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(handlers => handlers.Spread = async (_, responses, _) =>
        {
            var note = new Note { Body = ByteString.CopyFrom(new byte[64 * 1024]) };
            for (var i = 0; i < Messages; i++)
            {
                var write = responses.WriteAsync(note);
                if (!write.IsCompleted)
                {
                    stalled.TrySetResult();
                }

                await write;
                Interlocked.Increment(ref written);
            }
        });
        using var call = server.Client().Spread(new Note());
        await stalled.Task.Soon();
        Assert.True(Volatile.Read(ref written) < Messages);
        var read = 0;
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
            read++;
        }

        Assert.Equal(Messages, read);
    }

    [Fact]
    public async Task Buffered_messages_leave_with_the_next_or_with_the_end()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Spread = static async (request, responses, _) =>
        {
            responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            for (var i = 0; i < 100; i++)
            {
                await responses.WriteAsync(request);
            }
        });
        using var call = server.Client().Spread(new Note { Text = "x" });
        var count = 0;
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
            count++;
        }

        Assert.Equal(100, count);
    }

    [Fact]
    public async Task A_service_that_is_not_registered_is_made_and_disposed_of_for_each_call()
    {
        var counter = new Counter();
        await using var server = await TestServer.StartAsync(services: services => services.AddSingleton(counter), map: Map);
        await CallAsync(server);
        await CallAsync(server);
        Assert.Equal(2, counter.Made);
        await counter.DisposedTwice.Task.Soon();
    }

    [Fact]
    public async Task A_singleton_service_is_one_for_all_calls()
    {
        var counter = new Counter();
        await using var server = await TestServer.StartAsync(
            services: services => services.AddSingleton(counter).AddSingleton<CountingService>(), map: Map);
        await CallAsync(server);
        await CallAsync(server);
        Assert.Equal(1, counter.Made);
    }

    [Fact]
    public async Task A_scoped_service_is_one_for_each_call()
    {
        var counter = new Counter();
        await using var server = await TestServer.StartAsync(
            services: services => services.AddSingleton(counter).AddScoped<CountingService>(), map: Map);
        await CallAsync(server);
        await CallAsync(server);
        Assert.Equal(2, counter.Made);
    }

    private static void Map(WebApplication app) => app.MapGrpcService<CountingService>();

    private static Task CallAsync(TestServer server) =>
        new Interop.UnimplementedService.UnimplementedServiceClient(server.Channel()).UnimplementedCallAsync(new Interop.Empty()).ResponseAsync.Soon();

    public sealed class Counter
    {
        private int _disposed;

        public int Made { get; set; }

        public TaskCompletionSource DisposedTwice { get; } = new();

        public void Disposed()
        {
            if (Interlocked.Increment(ref _disposed) == 2)
            {
                DisposedTwice.TrySetResult();
            }
        }
    }

    public sealed class CountingService : Interop.UnimplementedService.UnimplementedServiceBase, IDisposable
    {
        private readonly Counter _counter;

        public CountingService(Counter counter)
        {
            counter.Made++;
            _counter = counter;
        }

        public override Task<Interop.Empty> UnimplementedCall(Interop.Empty request, ServerCallContext context) => Task.FromResult(request);

        public void Dispose() => _counter.Disposed();
    }
}
