using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.Cancellation;

public class CancellationRaceTests
{
    [Fact]
    public async Task Unary_calls_cancelled_at_any_moment_end_one_way_or_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.Client();
        var ends = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 20));
            return await EndOfAsync(() => client.UnaryAsync(new Note(), cancellationToken: source.Token).ResponseAsync);
        })).Soon();
        Assert.All(ends, static end => Assert.True(end is StatusCode.OK or StatusCode.Cancelled, end.ToString()));
        Assert.Equal("after", (await client.UnaryAsync(new Note { Text = "after" })).Text);
    }

    [Fact]
    public async Task Duplex_calls_disposed_of_at_any_moment_end_one_way_or_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.Client();
        var ends = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var call = client.Talk();
            using var timer = new Timer(static call => ((IDisposable)call!).Dispose(), call, i % 20, Timeout.Infinite);
            return await EndOfAsync(async () =>
            {
                while (true)
                {
                    await call.RequestStream.WriteAsync(new Note());
                    await call.ResponseStream.MoveNext();
                }
            });
        })).Soon();
        Assert.All(ends, static end => Assert.Equal(StatusCode.Cancelled, end));
        Assert.Equal("after", (await client.UnaryAsync(new Note { Text = "after" })).Text);
    }

    private static async Task<StatusCode> EndOfAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }
}
