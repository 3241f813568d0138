using Authorisation.Server.Tests.Strangers;
using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>Bytes that no honest client sends: the request is put together by hand.</summary>
public sealed class BrokenBytesTests(SharedWire wire) : WireTest(wire)
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private static readonly Method<byte[], byte[]> Authorise =
        new(MethodType.Unary, "authorisation.v1.AuthorisationService", "Authorise", Raw, Raw);

    public static TheoryData<string, byte[]> BrokenText => new()
    {
        { "a byte that UTF-8 never has", [0xFF] },
        { "a letter cut short", [(byte)'m', 0xC3] },
        { "a continuation without a beginning", [0x80, (byte)'x'] },
        { "a slash in two bytes", [0xC0, 0xAF] },
        { "NUL in two bytes", [0xC0, 0x80] },
        { "half of a surrogate pair", [0xED, 0xA0, 0x80] },
        { "a character beyond the last", [0xF4, 0x90, 0x80, 0x80] },
    };

    [Theory]
    [MemberData(nameof(BrokenText))]
    public async Task A_purpose_in_broken_UTF_8_is_refused(string name, byte[] text)
    {
        Assert.NotEmpty(name);
        await IsRefusedAsync(AuthoriseRequest.PurposeFieldNumber, text);
    }

    [Theory]
    [InlineData(AuthoriseRequest.AuthorisationIdFieldNumber)]
    [InlineData(AuthoriseRequest.CardNumberFieldNumber)]
    [InlineData(AuthoriseRequest.CurrencyFieldNumber)]
    [InlineData(AuthoriseRequest.ProductFieldNumber)]
    [InlineData(AuthoriseRequest.DeviceIdFieldNumber)]
    [InlineData(AuthoriseRequest.VatCategoryFieldNumber)]
    public Task Broken_UTF_8_in_any_field_is_refused(int number) => IsRefusedAsync(number, [.. "123456"u8, 0xE2, 0x82]);

    [Theory]
    [InlineData(new byte[] { 0x0A, 0x24, 0x30 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x07 })]
    public async Task Bytes_that_are_no_message_are_an_invalid_argument_and_decide_nothing(byte[] message)
    {
        var on = await NewOperatorAsync();
        var error = await WireError.OfAsync(CallAsync(on, message), StatusCode.InvalidArgument, "INVALID_MESSAGE");
        Assert.StartsWith("The bytes are no AuthoriseRequest; nothing was done. ", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await on.RowsAsync());
    }

    [Theory]
    [InlineData(RawHttp2.WatchCards)]
    [InlineData(RawHttp2.AuthoriseStream)]
    [InlineData(RawHttp2.SubmitAdvices)]
    [InlineData(RawHttp2.HealthCheck)]
    [InlineData(RawHttp2.HealthWatch)]
    [InlineData(RawHttp2.Reflection)]
    public async Task Bytes_that_are_no_message_are_an_invalid_argument_of_every_kind_of_call(string path)
    {
        var on = await NewOperatorAsync();
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        await connection.HeadersAsync(1, path, on.ValidatorToken);
        await connection.DataAsync(1, RawHttp2.Message([0x0A, 0x24, 0x30]), end: true);
        var end = await connection.EndOfAsync(1);
        Assert.Equal(StatusCode.InvalidArgument, end.GrpcStatus);
        Assert.Contains("nothing was done", end.Text, StringComparison.Ordinal);
    }

    private async Task IsRefusedAsync(int fieldNumber, byte[] text)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var error = await WireError.OfAsync(
            CallAsync(on, [.. on.Buy(card).ToByteArray(), .. Field(fieldNumber, text)]),
            StatusCode.InvalidArgument,
            "INVALID_MESSAGE");
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    private static async Task<byte[]> CallAsync(WireOperator on, byte[] message)
    {
        var options = new CallOptions(on.Validator.Headers, DateTime.UtcNow + TestCaller.CallBound);
        return await on.Server.Channel.CreateCallInvoker().AsyncUnaryCall(Authorise, host: null, options, message);
    }

    /// <summary>A length-delimited field; of a field that comes twice the last counts.</summary>
    private static byte[] Field(int number, byte[] text)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(text));
        }

        return stream.ToArray();
    }
}
