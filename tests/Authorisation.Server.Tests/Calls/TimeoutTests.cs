using Authorisation.Core;
using Authorisation.Server.Tests.Strangers;
using Authorisation.Server.Tests.Support;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using Xunit;

namespace Authorisation.Server.Tests.Calls;

/// <summary>
/// What a call says of its deadline. One of no time, and one that nobody can read, count as none: what the server gives a
/// call of itself holds all the same.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class TimeoutTests(SharedWire wire) : WireTest(wire)
{
    private static readonly string[] Unread = ["0S", "0n", "1n", "99n", "5", "m", "5x", "-5m", "1.5S", "123456789m", "5 m", ""];

    [Fact]
    public async Task A_purchase_with_a_timeout_that_is_none_is_decided()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        foreach (var timeout in Unread)
        {
            var stream = connection.NextStream();
            await connection.HeadersAsync(stream, RawHttp2.Authorise, on.ValidatorToken, more: ("grpc-timeout", timeout));
            await connection.DataAsync(stream, RawHttp2.Message(on.Buy(card).ToByteArray()), end: true);
            Assert.Equal(StatusCode.OK, (await connection.EndOfAsync(stream)).GrpcStatus);
        }

        Assert.Equal(Unread.Length, await on.RowsAsync());
    }

    [Fact]
    public async Task A_message_that_does_not_come_is_given_up_though_the_call_has_no_deadline()
    {
        var on = await NewOperatorAsync();
        var purchase = RawHttp2.Message(on.Buy(await on.AddCardAsync()).ToByteArray(), sent: 20);
        var ends = Unread.Select(async timeout =>
        {
            using var connection = await RawHttp2.OpenAsync(Server.Address);
            await connection.HeadersAsync(1, RawHttp2.Authorise, on.ValidatorToken, more: ("grpc-timeout", timeout));
            await connection.DataAsync(1, purchase);
            return await connection.EndOfAsync(1);
        });

        foreach (var end in await Task.WhenAll(ends))
        {
            Assert.Equal(StatusCode.DeadlineExceeded, end.GrpcStatus);
            Assert.Contains("must arrive within 10 s", end.Text, StringComparison.Ordinal);
        }

        Assert.Equal(0, await on.RowsAsync());
    }

    [Fact]
    public async Task A_decision_that_cannot_be_made_is_given_up_though_the_call_has_no_deadline()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await using var locker = new NpgsqlConnection(Ledger.OwnerConnectionString);
        await locker.OpenAsync();
        await using var transaction = await locker.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("select 1 from credit_account where id = $1 for update", locker, transaction))
        {
            command.Parameters.AddWithValue(on.AccountOf(card));
            await command.ExecuteNonQueryAsync();
        }

        using var connection = await RawHttp2.OpenAsync(Server.Address);
        await connection.HeadersAsync(1, RawHttp2.Authorise, on.ValidatorToken, more: ("grpc-timeout", "0S"));
        await connection.DataAsync(1, RawHttp2.Message(on.Buy(card).ToByteArray()), end: true);
        Assert.Equal(StatusCode.Unavailable, (await connection.EndOfAsync(1)).GrpcStatus);
        Assert.True(Limits.DecisionTimeout <= TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("1u")]
    [InlineData("1m")]
    public async Task A_deadline_that_passes_is_answered_so(string timeout)
    {
        var on = await NewOperatorAsync();
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        await connection.HeadersAsync(1, RawHttp2.Authorise, on.ValidatorToken, more: ("grpc-timeout", timeout));
        Assert.Equal(StatusCode.DeadlineExceeded, (await connection.EndOfAsync(1)).GrpcStatus);
    }
}
