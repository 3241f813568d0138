using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Authorisation.Grpc.Tests.Deadlines;

public class DeadlineTests
{
    // Short, but long enough for the handler to have begun, on a busy machine too.
    private const string ShortTimeout = "1S";

    private static readonly byte[] Body = RawCall.Frame(new Note { Text = "x" });

    [Fact]
    public async Task The_server_answers_at_the_deadline_whatever_the_handler_does()
    {
        var release = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = await StartWarmAsync(handlers => handlers.Unary = async (request, context) =>
        {
            context.CancellationToken.Register(() => cancelled.SetResult());
            await release.Task;
            return request;
        });
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body, headers: ("grpc-timeout", ShortTimeout));
        Assert.Equal("4", answer.GrpcStatus);
        await cancelled.Task.Soon();
        release.SetResult();
    }

    [Fact]
    public async Task A_stream_of_responses_ends_at_the_deadline()
    {
        await using var server = await StartWarmAsync(handlers => handlers.Spread = async (request, responses, context) =>
        {
            await responses.WriteAsync(request);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        });
        var answer = await RawCall.SendAsync(server, RawCall.Spread, Body, headers: ("grpc-timeout", ShortTimeout));
        Assert.Equal("4", answer.Trailers["grpc-status"]);
        Assert.Equal(Body, answer.Body);
    }

    [Fact]
    public async Task What_a_handler_does_after_the_deadline_changes_nothing_and_is_no_error()
    {
        var wrote = new TaskCompletionSource<Exception?>();
        await using var server = await StartWarmAsync(handlers => handlers.Spread = async (request, responses, context) =>
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, context.CancellationToken));
            wrote.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(request)));
            context.Status = new Status(StatusCode.OK, "");
            throw new OperationCanceledException();
        });
        var answer = await RawCall.SendAsync(server, RawCall.Spread, Body, headers: ("grpc-timeout", ShortTimeout));
        Assert.Equal("4", answer.GrpcStatus);
        Assert.IsAssignableFrom<OperationCanceledException>(await wrote.Task.Soon());
    }

    [Fact]
    public async Task A_handler_that_is_at_its_trailers_when_the_deadline_passes_does_no_harm()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static (request, context) =>
        {
            var (trailers, ended) = (context.ResponseTrailers, context.CancellationToken);
            while (!ended.IsCancellationRequested)
            {
                trailers.Add("x", "y");
                if (trailers.Count == 1_000)
                {
                    trailers.Clear();
                }
            }

            return Task.FromResult(request);
        });

        // Long enough for the handler to have begun.
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body, headers: ("grpc-timeout", "500m"));
        Assert.Equal("4", answer.GrpcStatus);
    }

    [Fact]
    public async Task A_read_waiting_for_the_client_ends_at_the_deadline()
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = await StartWarmAsync(handlers => handlers.Gather = async (requests, context) =>
        {
            _ = context.CancellationToken;
            ended.SetResult(await Record.ExceptionAsync(() => requests.MoveNext(CancellationToken.None)));
            return new Note();
        });
        var client = server.Client();
        await client.UnaryAsync(new Note());
        using var call = client.Gather(deadline: DateTime.UtcNow.AddSeconds(1));
        await Expect.StatusAsync(StatusCode.DeadlineExceeded, () => call.ResponseAsync);
        Assert.NotNull(await ended.Task.Soon());
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_no_handler_past_the_deadline()
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = await StartWarmAsync(handlers => handlers.Spread = async (_, responses, _) =>
        {
            var note = new Note { Body = Google.Protobuf.ByteString.CopyFrom(new byte[64 * 1024]) };
            ended.SetResult(await Record.ExceptionAsync(async () =>
            {
                while (true)
                {
                    await responses.WriteAsync(note);
                }
            }));
        });
        using var connection = await RawConnection.OpenAsync(server);
        await connection.HeadersAsync(1, RawCall.Spread, ("grpc-timeout", ShortTimeout));
        await connection.DataAsync(1, Body, end: true);
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.Soon());
        connection.Cut();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5x")]
    [InlineData("-5m")]
    [InlineData("1.5S")]
    [InlineData("123456789m")]
    [InlineData("5 m")]
    public async Task A_malformed_timeout_is_an_error(string timeout)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body, headers: ("grpc-timeout", timeout));
        Assert.Equal("13", answer.GrpcStatus);
    }

    [Theory]
    [InlineData("2H", 7200)]
    [InlineData("3M", 180)]
    [InlineData("40S", 40)]
    [InlineData("30000m", 30)]
    [InlineData("30000000u", 30)]
    [InlineData("99999999H", -1)]
    public async Task Every_unit_of_a_timeout_is_understood(string timeout, int seconds)
    {
        var deadline = DateTime.MinValue;
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(request);
        });
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body, headers: ("grpc-timeout", timeout));
        Assert.Equal("0", answer.GrpcStatus);
        if (seconds < 0)
        {
            Assert.True(deadline > DateTime.UtcNow.AddYears(1000));
            return;
        }

        Assert.Equal(DateTimeKind.Utc, deadline.Kind);
        Assert.InRange((deadline - DateTime.UtcNow).TotalSeconds, seconds - 10, seconds);
    }

    [Theory]
    [InlineData("0m")]
    [InlineData("1n")]
    public async Task A_timeout_that_has_passed_already_is_answered_so(string timeout)
    {
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = async (request, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return request;
        });
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body, headers: ("grpc-timeout", timeout));
        Assert.Equal("4", answer.GrpcStatus);
    }

    [Fact]
    public async Task Without_a_timeout_the_deadline_is_the_largest_time()
    {
        var deadline = DateTime.MinValue;
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            deadline = context.Deadline;
            return Task.FromResult(request);
        });
        await server.Client().UnaryAsync(new Note());
        Assert.Equal(DateTime.MaxValue, deadline);
    }

    [Fact]
    public async Task A_client_keeps_its_deadline_even_if_the_server_does_not()
    {
        var release = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(map: app => app.Map("/silent.Service/Wait", async () => await release.Task));
        var method = new Method<Note, Note>(
            MethodType.Unary, "silent.Service", "Wait", Marshallers.Create<Note>(Serialize, Note.Parser.ParseFrom), Marshallers.Create<Note>(Serialize, Note.Parser.ParseFrom));
        using var call = server.Channel().CreateCallInvoker().AsyncUnaryCall(
            method, null, new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(100)), new Note());
        await Expect.StatusAsync(StatusCode.DeadlineExceeded, () => call.ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
        release.SetResult();

        static byte[] Serialize(Note note) => Google.Protobuf.MessageExtensions.ToByteArray(note);
    }

    [Fact]
    public async Task A_deadline_in_the_past_is_not_sent()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static (_, _) => throw new InvalidOperationException());
        await Expect.StatusAsync(
            StatusCode.DeadlineExceeded,
            () => server.Client().UnaryAsync(new Note(), deadline: DateTime.UtcNow.AddSeconds(-1)).ResponseAsync);
    }

    [Fact]
    public async Task A_deadline_in_local_time_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Throws<InvalidOperationException>(() => server.Client().UnaryAsync(new Note(), deadline: DateTime.Now.AddSeconds(5)));
    }

    [Fact]
    public async Task A_propagated_deadline_binds_the_calls_made_meanwhile()
    {
        var inner = DateTime.MaxValue;
        TestServer? self = null;
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = async (request, context) =>
        {
            if (request.Text == "inner")
            {
                inner = context.Deadline;
                return request;
            }

            var options = new CallOptions(propagationToken: context.CreatePropagationToken());
            return await self!.Client().UnaryAsync(new Note { Text = "inner" }, options);
        });
        self = server;
        await server.Client().UnaryAsync(new Note(), deadline: DateTime.UtcNow.AddSeconds(15));
        Assert.InRange(inner, DateTime.UtcNow, DateTime.UtcNow.AddSeconds(15.5));
    }

    [Fact]
    public async Task Calls_that_race_with_their_deadline_end_one_way_or_the_other()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static async (request, context) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(request.Number), context.CancellationToken);
            return request;
        });
        var client = server.Client();
        var ends = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            try
            {
                await client.UnaryAsync(new Note { Number = 15 + (i % 10) }, deadline: DateTime.UtcNow.AddMilliseconds(20));
                return StatusCode.OK;
            }
            catch (RpcException exception)
            {
                return exception.StatusCode;
            }
        })).Soon();
        Assert.All(ends, static end => Assert.True(end is StatusCode.OK or StatusCode.DeadlineExceeded, end.ToString()));
        Assert.Equal("after", (await client.UnaryAsync(new Note { Text = "after" })).Text);
    }

    /// <summary>A server that has answered, so that a short timeout is not spent on what only the first call costs.</summary>
    private static async Task<TestServer> StartWarmAsync(Action<ProbeHandlers> handlers)
    {
        var server = await TestServer.StartAsync(handlers);
        await RawCall.SendAsync(server, RawCall.Talk, Body);
        return server;
    }
}
