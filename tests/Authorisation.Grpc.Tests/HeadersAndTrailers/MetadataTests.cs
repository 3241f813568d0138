using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.HeadersAndTrailers;

public class MetadataTests
{
    private static readonly byte[] Body = RawCall.Frame(new Note { Text = "x" });

    [Fact]
    public async Task Headers_and_trailers_of_both_forms_pass_both_ways()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static async (request, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata
            {
                { "x-text", context.RequestHeaders.GetValue("X-Text")! },
                { "x-bytes-bin", context.RequestHeaders.GetValueBytes("x-bytes-bin")! },
            });
            context.ResponseTrailers.Add("x-end", "done");
            context.ResponseTrailers.Add("x-end-bin", [0, 255, 1]);
            return request;
        });
        using var call = server.Client().UnaryAsync(
            new Note(), new Metadata { { "x-text", "a, b" }, { "x-bytes-bin", [1, 2, 3, 250] } });
        var headers = await call.ResponseHeadersAsync.Soon();
        Assert.Equal("a, b", headers.GetValue("x-text"));
        Assert.Equal([1, 2, 3, 250], headers.GetValueBytes("x-bytes-bin"));
        await call.ResponseAsync.Soon();
        Assert.Equal("done", call.GetTrailers().GetValue("x-end"));
        Assert.Equal([0, 255, 1], call.GetTrailers().GetValueBytes("x-end-bin"));
    }

    [Fact]
    public async Task A_binary_header_is_taken_with_padding_without_it_and_as_a_list()
    {
        List<byte[]> values = [];
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            values.AddRange(context.RequestHeaders.GetAll("x-bin").Select(static entry => entry.ValueBytes));
            context.ResponseTrailers.Add("y-bin", [1]);
            return Task.FromResult(request);
        });
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body, headers: ("x-bin", "AQ==,AQI, AQID,"));
        Assert.Equal([[1], [1, 2], [1, 2, 3], []], values);
        Assert.Equal("AQ", answer.Trailers["y-bin"]);
    }

    [Fact]
    public async Task A_binary_header_that_is_no_base64_is_an_error()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static (request, context) =>
            Task.FromResult(new Note { Number = context.RequestHeaders.Count }));
        var answer = await RawCall.SendAsync(server, RawCall.Unary, Body, headers: ("x-bin", "A*"));
        Assert.Equal("13", answer.GrpcStatus);
    }

    [Fact]
    public async Task Headers_of_the_transport_are_not_metadata()
    {
        List<string> keys = [];
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            keys.AddRange(context.RequestHeaders.Select(static entry => entry.Key));
            return Task.FromResult(request);
        });
        await server.Client().UnaryAsync(new Note(), new Metadata { { "mine", "1" } }, DateTime.UtcNow.AddSeconds(20));
        Assert.Equal(["mine", "user-agent"], keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bad\r\nvalue")]
    [InlineData("smörgås")]
    [InlineData("tab\there")]
    public async Task A_header_that_is_not_printable_ASCII_is_not_sent(string value)
    {
        await using var server = await TestServer.StartAsync();
        await Expect.StatusAsync(
            StatusCode.Internal,
            () => server.Client().UnaryAsync(new Note(), new Metadata { { "x", value } }).ResponseAsync);
    }

    [Fact]
    public async Task A_trailer_that_is_not_printable_ASCII_makes_the_call_fail_instead_of_the_connection()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static (request, context) =>
        {
            context.ResponseTrailers.Add("x", "a\nb");
            return Task.FromResult(request);
        });
        await Expect.StatusAsync(StatusCode.Internal, () => server.Client().UnaryAsync(new Note()).ResponseAsync);
    }

    [Fact]
    public async Task Response_headers_are_sent_once()
    {
        await using var server = await TestServer.StartAsync(static handlers => handlers.Unary = static async (request, context) =>
        {
            await context.WriteResponseHeadersAsync([]);
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
            return request;
        });
        await server.Client().UnaryAsync(new Note());
    }

    [Fact]
    public void Keys_follow_the_rules()
    {
        Assert.Equal("x-a_b.9", new Metadata.Entry("X-A_b.9", "v").Key);
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a b", "v"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("å", "v"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a-bin", "v"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("a", [1]));
        Assert.Throws<ArgumentNullException>(() => new Metadata.Entry("a", (string)null!));
        Assert.Throws<InvalidOperationException>(() => new Metadata.Entry("a-bin", [1]).Value);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
        Assert.Equal("b"u8.ToArray(), new Metadata.Entry("a", "b").ValueBytes);
    }

    [Fact]
    public async Task The_context_tells_who_called_what()
    {
        string[] facts = [];
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            facts = [context.Method, context.Host, context.Peer, context.AuthContext.IsPeerAuthenticated.ToString()];
            context.UserState["k"] = "v";
            return Task.FromResult(new Note { Text = (string)context.GetHttpContext().Items["k"]! });
        });
        Assert.Equal("v", (await server.Client().UnaryAsync(new Note())).Text);
        Assert.Equal("/probe.Prober/Unary", facts[0]);
        Assert.Equal(server.Address.Authority, facts[1]);
        Assert.Matches("^ipv4:127\\.0\\.0\\.1:[0-9]+$", facts[2]);
        Assert.Equal("False", facts[3]);
    }

    [Fact]
    public async Task Call_credentials_add_headers()
    {
        string? token = null;
        await using var server = await TestServer.StartAsync(handlers => handlers.Unary = (request, context) =>
        {
            token = context.RequestHeaders.GetValue("authorization");
            return Task.FromResult(request);
        });
        var credentials = CallCredentials.FromInterceptor(static async (context, metadata) =>
        {
            await Task.Yield();
            metadata.Add("authorization", $"Bearer {context.MethodName}");
        });
        var client = server.Client(static options => options.UnsafeUseInsecureChannelCallCredentials = true);
        await client.UnaryAsync(new Note(), new CallOptions(credentials: credentials));
        Assert.Equal("Bearer Unary", token);
    }
}
