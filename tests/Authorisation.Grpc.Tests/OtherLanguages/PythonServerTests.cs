using Authorisation.Grpc.Tests.Interop;
using Authorisation.Grpc.Tests.Support;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.OtherLanguages;

public class PythonServerTests(PythonServerFixture python) : IClassFixture<PythonServerFixture>
{
    private readonly TestService.TestServiceClient _client = new(python.Channel);

    [Fact]
    public async Task An_empty_unary_call() => Assert.Equal(new Empty(), await _client.EmptyCallAsync(new Empty()).ResponseAsync.Soon());

    [Fact]
    public async Task A_large_unary_call()
    {
        var answer = await _client.UnaryCallAsync(new SimpleRequest { ResponseSize = 314159, Payload = Zeroes(271828) }).ResponseAsync.Soon();
        Assert.Equal(314159, answer.Payload.Body.Length);
    }

    [Fact]
    public async Task Client_streaming()
    {
        using var call = _client.StreamingInputCall();
        foreach (var size in (int[])[27182, 8, 1828, 45904])
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeroes(size) }).Soon();
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(74922, (await call.ResponseAsync.Soon()).AggregatedPayloadSize);
    }

    [Fact]
    public async Task Server_streaming()
    {
        int[] sizes = [31415, 9, 2653, 58979];
        using var call = _client.StreamingOutputCall(Asking(sizes));
        List<int> got = [];
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            got.Add(response.Payload.Body.Length);
        }

        Assert.Equal(sizes, got);
    }

    [Fact]
    public async Task Ping_pong()
    {
        using var call = _client.FullDuplexCall();
        foreach (var size in (int[])[31415, 9, 2653, 58979])
        {
            await call.RequestStream.WriteAsync(Asking(size)).Soon();
            Assert.True(await call.ResponseStream.MoveNext().Soon());
            Assert.Equal(size, call.ResponseStream.Current.Payload.Body.Length);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext().Soon());
    }

    [Fact]
    public async Task An_empty_stream()
    {
        using var call = _client.FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext().Soon());
    }

    [Fact]
    public async Task Custom_metadata()
    {
        using var call = _client.UnaryCallAsync(
            new SimpleRequest { ResponseSize = 10 },
            new Metadata { { InteropService.InitialEcho, "test_initial_metadata_value" }, { InteropService.TrailingEcho, [0xab, 0xab, 0xab] } });
        await call.ResponseAsync.Soon();
        Assert.Equal("test_initial_metadata_value", (await call.ResponseHeadersAsync.Soon()).GetValue(InteropService.InitialEcho));
        Assert.Equal([0xab, 0xab, 0xab], call.GetTrailers().GetValueBytes(InteropService.TrailingEcho));
    }

    [Theory]
    [InlineData("test status message")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    public async Task Status_code_and_message(string message)
    {
        var status = new EchoStatus { Code = 2, Message = message };
        var unary = await Expect.StatusAsync(
            StatusCode.Unknown, () => _client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }).ResponseAsync);
        Assert.Equal(message, unary.Status.Detail);
        using var call = _client.FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status }).Soon();
        var duplex = await Expect.StatusAsync(StatusCode.Unknown, () => call.ResponseStream.MoveNext());
        Assert.Equal(message, duplex.Status.Detail);
    }

    [Fact]
    public async Task Unimplemented_methods_and_services()
    {
        await Expect.StatusAsync(StatusCode.Unimplemented, () => _client.UnimplementedCallAsync(new Empty()).ResponseAsync);
        var other = new UnimplementedService.UnimplementedServiceClient(python.Channel);
        await Expect.StatusAsync(StatusCode.Unimplemented, () => other.UnimplementedCallAsync(new Empty()).ResponseAsync);
    }

    [Fact]
    public async Task Cancel_after_begin()
    {
        using var source = new CancellationTokenSource();
        using var call = _client.StreamingInputCall(cancellationToken: source.Token);
        await source.CancelAsync();
        await Expect.StatusAsync(StatusCode.Cancelled, () => call.ResponseAsync);
    }

    [Fact]
    public async Task Cancel_after_first_response()
    {
        using var source = new CancellationTokenSource();
        using var call = _client.FullDuplexCall(cancellationToken: source.Token);
        await call.RequestStream.WriteAsync(Asking(31415)).Soon();
        Assert.True(await call.ResponseStream.MoveNext().Soon());
        await source.CancelAsync();
        await Expect.StatusAsync(StatusCode.Cancelled, () => call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Timeout_on_a_sleeping_server()
    {
        using var call = _client.FullDuplexCall(deadline: DateTime.UtcNow.AddMilliseconds(50));
        var request = Asking(1);
        request.ResponseParameters[0].IntervalUs = 1_000_000;
        await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(request));
        await Expect.StatusAsync(StatusCode.DeadlineExceeded, () => call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Compressed_unary_calls()
    {
        var answer = await _client.UnaryCallAsync(
            new SimpleRequest { ResponseSize = 314159, Payload = Zeroes(271828), ResponseCompressed = new BoolValue { Value = true } },
            new Metadata { { "grpc-internal-encoding-request", "gzip" } }).ResponseAsync.Soon();
        Assert.Equal(314159, answer.Payload.Body.Length);
    }

    private static Payload Zeroes(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static StreamingOutputCallRequest Asking(params int[] sizes)
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(sizes.Select(static size => new ResponseParameters { Size = size }));
        return request;
    }
}
