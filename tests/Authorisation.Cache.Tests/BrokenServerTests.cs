using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Authorisation.Cache.Tests;

/// <summary>Something listens where Redis should be, and is not Redis.</summary>
[Trait("Tier", "Slow")]
public class BrokenServerTests
{
    [Fact]
    public async Task A_server_that_accepts_and_never_answers_is_not_waited_for()
    {
        await using var server = new BrokenServer(static (_, stopping) => Task.Delay(Timeout.Infinite, stopping));
        await using var cache = new CacheUnderTest(server.ConnectionString);

        await cache.UntilTheBreakerOpensAsync();

        await cache.AssertGivesNothingAsync(times: 10_000);
        cache.AssertLoggedChangesOnly(serving: false);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("-ERR unknown command\r\n")]
    [InlineData("+OK\r\n")]
    [InlineData("+PONG\r\n")]
    [InlineData("*0\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData(":1\r\n")]
    [InlineData("$-1\r\n")]
    [InlineData("$3\r\nabc\r\n")]
    [InlineData("$-7\r\n")]
    [InlineData("$abc\r\n")]
    [InlineData("\r\n\r\n\r\n")]
    [InlineData("\0\0\0\0")]
    public async Task A_server_that_answers_nonsense_gives_nothing(string nonsense)
    {
        await using var server = new BrokenServer(async (stream, stopping) =>
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, stopping) > 0)
            {
                // Several at once, for the several commands that one read may have brought.
                await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(nonsense, 5))), stopping);
            }
        });
        await using var cache = new CacheUnderTest(server.ConnectionString);

        for (var i = 0; i < 50; i++)
        {
            await cache.AssertGivesNothingAsync();
        }
    }

    [Fact]
    public async Task A_server_that_answers_random_bytes_gives_nothing()
    {
        await using var server = new BrokenServer(static async (stream, stopping) =>
        {
            var buffer = new byte[256];
            while (await stream.ReadAsync(buffer, stopping) > 0)
            {
                Random.Shared.NextBytes(buffer);
                await stream.WriteAsync(buffer, stopping);
            }
        });
        await using var cache = new CacheUnderTest(server.ConnectionString);

        await cache.UntilTheBreakerOpensAsync();
        await cache.AssertGivesNothingAsync(times: 100);
    }

    [Fact]
    public async Task A_server_that_hangs_up_at_once_gives_nothing()
    {
        await using var server = new BrokenServer(static (_, _) => Task.CompletedTask);
        await using var cache = new CacheUnderTest(server.ConnectionString);

        await cache.UntilTheBreakerOpensAsync();

        await cache.AssertGivesNothingAsync(times: 1000);
        cache.AssertLoggedChangesOnly(serving: false);
    }

    private sealed class BrokenServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stopping = new();
        private readonly Func<NetworkStream, CancellationToken, Task> _talk;

        public BrokenServer(Func<NetworkStream, CancellationToken, Task> talk)
        {
            _talk = talk;
            _listener.Start();
            _ = AcceptAsync();
        }

        public string ConnectionString => string.Create(
            CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            _listener.Dispose();
            _stopping.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task TalkAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    await _talk(client.GetStream(), _stopping.Token);
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
                {
                    // The client or the test has had enough.
                }
            }
        }
    }
}
