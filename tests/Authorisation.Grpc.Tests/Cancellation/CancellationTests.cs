using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.Cancellation;

public class CancellationTests
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_token_cancels_the_call_on_both_sides()
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = WaitAsync);
        using var source = new CancellationTokenSource();
        var call = server.Client().UnaryAsync(new Note(), cancellationToken: source.Token);
        await _started.Task.Soon();
        await source.CancelAsync();
        await Expect.StatusAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        await _cancelled.Task.Soon();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Disposing_of_a_call_cancels_it_on_both_sides()
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = WaitAsync);
        var call = server.Client().UnaryAsync(new Note());
        await _started.Task.Soon();
        call.Dispose();
        await Expect.StatusAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        await _cancelled.Task.Soon();
    }

    [Fact]
    public async Task Disposing_of_the_channel_cancels_its_calls()
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = WaitAsync);
        var channel = server.Channel();
        var call = new Prober.ProberClient(channel).UnaryAsync(new Note());
        await _started.Task.Soon();
        channel.Dispose();
        await Expect.StatusAsync(StatusCode.Cancelled, () => call.ResponseAsync);
        await _cancelled.Task.Soon();
        Assert.Throws<ObjectDisposedException>(() => channel.CreateCallInvoker());
    }

    [Fact]
    public async Task A_token_cancelled_before_the_call_sends_nothing()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static (_, _) => throw new InvalidOperationException());
        await Expect.StatusAsync(
            StatusCode.Cancelled,
            () => server.Client().UnaryAsync(new Note(), cancellationToken: new CancellationToken(canceled: true)).ResponseAsync);
    }

    [Fact]
    public async Task A_cancelled_call_throws_OperationCanceled_if_the_channel_is_told_so()
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = WaitAsync);
        using var source = new CancellationTokenSource();
        var call = server.Client(static options => options.ThrowOperationCanceledOnCancellation = true)
            .UnaryAsync(new Note(), cancellationToken: source.Token);
        await _started.Task.Soon();
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => call.ResponseAsync.Soon());
    }

    [Fact]
    public async Task A_handler_waiting_for_the_next_request_is_cancelled()
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Talk = async (requests, _, _) =>
        {
            await requests.MoveNext(CancellationToken.None);
            _started.SetResult();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => requests.MoveNext(CancellationToken.None));
            _cancelled.SetResult();
        });
        using var source = new CancellationTokenSource();
        using var call = server.Client().Talk(cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(new Note());
        await _started.Task.Soon();
        await source.CancelAsync();
        await Expect.StatusAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext());
        await _cancelled.Task.Soon();
    }

    [Fact]
    public async Task Cancelling_a_read_cancels_the_call()
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Spread = async (_, _, context) => await WaitAsync(new Note(), context));
        using var source = new CancellationTokenSource();
        using var call = server.Client().Spread(new Note());
        var read = call.ResponseStream.MoveNext(source.Token);
        await _started.Task.Soon();
        await source.CancelAsync();
        await Expect.StatusAsync(StatusCode.Cancelled, () => read);
        await _cancelled.Task.Soon();
    }

    [Fact]
    public async Task A_stream_given_up_half_read_cancels_its_handler()
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Spread = async (request, responses, context) =>
        {
            context.CancellationToken.Register(() => _cancelled.TrySetResult());
            while (true)
            {
                await responses.WriteAsync(request);
            }
        });
        using (var call = server.Client().Spread(new Note()))
        {
            Assert.True(await call.ResponseStream.MoveNext().Soon());
        }

        await _cancelled.Task.Soon();
    }

    private async Task<Note> WaitAsync(Note request, ServerCallContext context)
    {
        context.CancellationToken.Register(() => _cancelled.TrySetResult());
        _started.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return request;
    }
}
