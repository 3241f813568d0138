using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.Statuses;

public class StatusTests
{
    private static readonly byte[] Body = RawCall.Frame(new Note { Text = "x" });

    [Theory]
    [InlineData("")]
    [InlineData("plain words")]
    [InlineData("100 % \t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    [InlineData("%zz %4")]
    public async Task A_status_message_arrives_as_it_was_sent(string message)
    {
        await using var server = await TestServer.StartAsync(handlers =>
            handlers.Unary = (_, _) => throw new RpcException(new Status(StatusCode.OutOfRange, message)));
        var exception = await Expect.StatusAsync(StatusCode.OutOfRange, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal(message, exception.Status.Detail);
    }

    [Fact]
    public async Task A_message_that_is_not_well_formed_is_shown_as_it_came()
    {
        await using var server = await TestServer.StartAsync(map: app => BadServer.Map(app, http =>
        {
            http.Response.Headers["grpc-status"] = "9";
            http.Response.Headers["grpc-message"] = "50% %zz %41";
            return Task.CompletedTask;
        }));
        var exception = await Expect.StatusAsync(StatusCode.FailedPrecondition, () => BadServer.CallAsync(server));
        Assert.Equal("50% %zz A", exception.Status.Detail);
    }

    [Fact]
    public async Task An_error_without_a_message_is_one_frame_of_headers()
    {
        await using var server = await TestServer.StartAsync(static handlers =>
            handlers.Unary = static (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "å")));
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body);
        Assert.Equal("5", answer.Headers["grpc-status"]);
        Assert.Equal("%C3%A5", answer.Headers["grpc-message"]);
        Assert.Empty(answer.Trailers);
    }

    [Fact]
    public async Task Trailers_of_an_exception_arrive_with_it()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static (_, context) =>
        {
            context.ResponseTrailers.Add("x-context", "1");
            throw new RpcException(
                new Status(StatusCode.InvalidArgument, "no"),
                new Metadata { { "grpc-status-details-bin", [8, 3] }, { "x-exception", "2" } });
        });
        var exception = await Expect.StatusAsync(StatusCode.InvalidArgument, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal([8, 3], exception.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal("1", exception.Trailers.GetValue("x-context"));
        Assert.Equal("2", exception.Trailers.GetValue("x-exception"));
    }

    [Fact]
    public async Task An_exception_that_nobody_catches_is_UNKNOWN_and_logged_as_an_error()
    {
        await using var server = await TestServer.StartAsync(static handlers =>
            handlers.Unary = static (_, _) => throw new InvalidOperationException("secret"));
        server.ExpectError("Error when executing service method '/probe.Prober/Unary'.");
        var exception = await Expect.StatusAsync(StatusCode.Unknown, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal("Exception was thrown by handler.", exception.Status.Detail);
    }

    [Fact]
    public async Task Detailed_errors_tell_the_exception()
    {
        await using var server = await TestServer.StartAsync(
            static handlers => handlers.Unary = static (_, _) => throw new InvalidOperationException("told"),
            static options => options.EnableDetailedErrors = true);
        server.ExpectError("Error when executing");
        var exception = await Expect.StatusAsync(StatusCode.Unknown, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
        Assert.Equal("Exception was thrown by handler. InvalidOperationException: told", exception.Status.Detail);
    }

    [Fact]
    public async Task A_handler_that_returns_nothing_is_an_error()
    {
        await using var server = await TestServer.StartAsync(static handlers =>
        {
            handlers.Unary = static (_, _) => Task.FromResult<Note>(null!);
            handlers.Gather = static (_, _) => Task.FromResult<Note>(null!);
        });
        await Expect.StatusAsync(StatusCode.Cancelled, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
        using var call = server.Client().Gather();
        await Expect.StatusAsync(StatusCode.Cancelled, () => call.ResponseAsync);
    }

    [Fact]
    public async Task A_status_set_on_the_context_is_sent_after_the_message()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static (request, context) =>
        {
            context.Status = new Status(StatusCode.DataLoss, "half");
            return Task.FromResult(request);
        });
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body);
        Assert.Equal("15", answer.Trailers["grpc-status"]);
        Assert.Equal(Body, answer.Body);
        await Expect.StatusAsync(StatusCode.DataLoss, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
    }

    [Fact]
    public async Task An_error_after_messages_ends_the_stream_with_it()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Spread = static async (request, responses, _) =>
        {
            await responses.WriteAsync(request);
            throw new RpcException(new Status(StatusCode.Aborted, "enough"));
        });
        using var call = server.Client().Spread(new Note());
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        var exception = await Expect.StatusAsync(StatusCode.Aborted, () => call.ResponseStream.MoveNext());
        Assert.Equal("enough", exception.Status.Detail);
        await Expect.StatusAsync(StatusCode.Aborted, () => call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_server_that_answers_before_all_requests_have_come_is_heard()
    {
        await using var server = await TestServer.StartAsync(static handlers =>
            handlers.Gather = static (_, _) => throw new RpcException(new Status(StatusCode.ResourceExhausted, "full")));
        using var call = server.Client().Gather();
        await Expect.StatusAsync(StatusCode.ResourceExhausted, () => call.ResponseAsync);
        await Expect.StatusAsync(StatusCode.ResourceExhausted, () => call.RequestStream.WriteAsync(new Note()));
    }
}
