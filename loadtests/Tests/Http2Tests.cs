using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Scenarios;
using Authorisation.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Authorisation.LoadTests.Tests;

public sealed class Http2Tests
{
    [Fact]
    public void A_status_is_found_among_other_fields()
    {
        // The size of the table, :status 200, then content-type by its name's index, then grpc-status spelt.
        byte[] block =
        [
            0x20, 0x88, 0x0F, 0x10, 16, .. "application/grpc"u8, 0x00, 11, .. "grpc-status"u8, 2, .. "13"u8,
            0x00, 12, .. "grpc-message"u8, 4, .. "Oops"u8,
        ];
        Assert.Equal(13, HeaderDecoder.ReadStatus(block));
    }

    [Fact]
    public void Headers_without_a_status_have_none() =>
        Assert.Equal(HeaderDecoder.NoStatus, HeaderDecoder.ReadStatus([0x88]));

    [Theory]
    [InlineData(new byte[] { 0xBE })]
    [InlineData(new byte[] { 0x00, 0x81, 0x00 })]
    public void What_it_cannot_read_it_refuses(byte[] block) =>
        Assert.Throws<LoadFailedException>(() => HeaderDecoder.ReadStatus(block));

    [Fact]
    public void A_path_that_was_sent_before_is_named_by_a_byte_a_field()
    {
        var headers = new HeaderBlocks("127.0.0.1:5100", "token");
        var spelt = headers.For("/a.B/C").Length;
        var other = headers.For("/a.B/Other").Length;
        Assert.InRange(spelt, 60, 120);
        Assert.InRange(other, 10, 30);
        Assert.Equal(7, headers.For("/a.B/C").Length);
        // Method and scheme; then the path, five fields back and one more for the other path; authority, content-type,
        // te and authorization.
        Assert.Equal([0x83, 0x86, 0xC3, 0xC2, 0xC1, 0xC0, 0xBF], headers.For("/a.B/C").ToArray());
        Assert.Equal([0x83, 0x86, 0xBE, 0xC2, 0xC1, 0xC0, 0xBF], headers.For("/a.B/Other").ToArray());
    }

    [Fact]
    public void A_purchase_is_the_message_that_the_contract_reads()
    {
        var call = new Call();
        var id = new IdSource(new Random()).Next();
        new PurchaseTemplate().Write(call, id, 42, 9_999);
        var request = AuthoriseRequest.Parser.ParseFrom(call.Request, 0, call.RequestLength);
        Assert.Equal(id.ToString(), request.AuthorisationId);
        Assert.Equal("000000000042", request.CardNumber);
        Assert.Equal(9_999, request.AmountMinor);
        Assert.Equal("single-adult", request.Product);
        Assert.Equal(7, id.Version);

        new PurchaseTemplate().WriteBad(call, id, 42);
        Assert.Equal(0, AuthoriseRequest.Parser.ParseFrom(call.Request, 0, call.RequestLength).AmountMinor);
    }

    [Fact]
    public void The_fields_of_an_answer_are_those_that_were_written()
    {
        var id = Guid.CreateVersion7();
        var bytes = new AuthoriseResponse
        {
            AuthorisationId = id.ToString(),
            Decision = Decision.Declined,
            DeclineReason = DeclineReason.InsufficientCredit,
            Credit = new Credit { LimitMinor = 5, Currency = "SEK" },
            DecidedAt = DateTimeOffset.UtcNow.ToTimestamp(),
            Replayed = true,
        }.ToByteArray();
        var answer = AnswerFields.Read(bytes);
        Assert.Equal(id, answer.Id);
        Assert.Equal(Decision.Declined, answer.Decision);
        Assert.Equal(DeclineReason.InsufficientCredit, answer.Reason);
        Assert.True(answer.HasCredit);
        Assert.True(answer.Replayed);
    }
}
