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
        var error = await RefusedAsync(AuthoriseRequest.PurposeFieldNumber, text);
        Assert.Equal("purpose", error.FieldList);
    }

    [Theory]
    [InlineData(AuthoriseRequest.AuthorisationIdFieldNumber, "authorisation_id")]
    [InlineData(AuthoriseRequest.CardNumberFieldNumber, "card_number")]
    [InlineData(AuthoriseRequest.CurrencyFieldNumber, "currency")]
    [InlineData(AuthoriseRequest.ProductFieldNumber, "product")]
    [InlineData(AuthoriseRequest.DeviceIdFieldNumber, "device_id")]
    [InlineData(AuthoriseRequest.VatCategoryFieldNumber, "vat_category")]
    public async Task Broken_UTF_8_in_any_field_is_refused(int number, string field)
    {
        var error = await RefusedAsync(number, [.. "123456"u8, 0xE2, 0x82]);
        Assert.Equal(field, error.FieldList);
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0x24, 0x30 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x07 })]
    public async Task Bytes_that_are_no_message_are_an_error_and_decide_nothing(byte[] message)
    {
        var on = await NewOperatorAsync();
        var error = await WireError.OfAsync(CallAsync(on, message));
        Assert.NotEqual(StatusCode.OK, error.Code);
        Assert.NotEqual(StatusCode.DeadlineExceeded, error.Code);
        Assert.Equal(0, await on.RowsAsync());
    }

    private async Task<WireError> RefusedAsync(int fieldNumber, byte[] text)
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var error = await WireError.OfAsync(
            CallAsync(on, [.. on.Buy(card).ToByteArray(), .. Field(fieldNumber, text)]),
            StatusCode.InvalidArgument,
            "INVALID_FIELDS");
        Assert.Equal((0, 0), (await on.RowsAsync(), await on.SpentAsync(card)));
        return error;
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
