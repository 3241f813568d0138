using System.Diagnostics;
using Authorisation.Server.Streams;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Streams;

/// <summary>How a stream ends: by the client's half-close, cancel or deadline, by its token, or by bytes that are no request.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class EndTests(SharedWire wire) : WireTest(wire)
{
    // Shorter than a locked account is waited for: by then its stream would go on.
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task A_stream_of_nothing_ends_with_OK()
    {
        using var stream = TestStream.Open((await NewOperatorAsync()).Validator);
        await stream.IsOpenAsync();
        await stream.EndAsync();
    }

    [Fact]
    public async Task After_a_half_close_everything_sent_is_answered_also_what_takes_long()
    {
        await using var server = await StartPatientAsync();
        var on = await WireOperator.CreateAsync(Ledger, server);
        var (locked, free) = (await on.AddCardAsync(), await on.AddCardAsync());
        using var stream = TestStream.Open(on.Validator);
        await using (await LockAsync(on, locked))
        {
            await stream.SendAsync([on.Buy(locked), on.Buy(free), on.Buy(locked), on.Buy(free)]);
            await stream.CompleteAsync();
            await stream.AnswerAsync(1);
            await stream.AnswerAsync(3);
            Assert.Equal(2, stream.Answers.Count);
        }

        await stream.EndAsync();
        Assert.All(stream.Answers.Values, answer => Assert.Equal(Decision.Approved, answer.Response.Decision));
        Assert.Equal((2_000, 2_000), (await on.SpentAsync(locked), await on.SpentAsync(free)));
    }

    [Fact]
    public async Task A_locked_account_is_an_error_of_its_own_and_its_neighbours_go_on()
    {
        var on = await NewOperatorAsync();
        var (locked, free) = (await on.AddCardAsync(), await on.AddCardAsync());
        var request = on.Buy(locked);
        using var stream = TestStream.Open(on.Validator);
        await using (await LockAsync(on, locked))
        {
            var place = await stream.SendAsync(request);
            Assert.Equal(Decision.Approved, (await stream.AuthoriseAsync(on.Buy(free))).Decision);
            var answer = await stream.AnswerAsync(place);
            Assert.Equal(((int)StatusCode.Unavailable, "ACCOUNT_LOCKED"), (answer.Error.Code, answer.Error.Reason));
        }

        Assert.Equal((Decision.Approved, false), Summary(await stream.AuthoriseAsync(request)));
        await stream.EndAsync();
    }

    [Fact]
    public async Task A_cancelled_stream_ends_at_once_and_what_had_no_answer_can_be_sent_again()
    {
        await using var server = await StartPatientAsync();
        var on = await WireOperator.CreateAsync(Ledger, server);
        var (locked, free) = (await on.AddCardAsync(), await on.AddCardAsync());
        using var cancel = new CancellationTokenSource();
        using var stream = TestStream.Open(on.Validator, cancel: cancel.Token);
        var request = on.Buy(locked);
        await using (await LockAsync(on, locked))
        {
            await stream.SendAsync(request);
            await stream.AuthoriseAsync(on.Buy(free));
            await cancel.CancelAsync();
            var clock = Stopwatch.StartNew();
            Assert.Equal(StatusCode.Cancelled, (await WireError.OfAsync(stream.Ended)).Code);
            await Eventually.TrueAsync(() => OpenStreams(server) == 0, Eventually.Bound, "the server has ended the stream");
            Assert.True(clock.Elapsed < EndBound, $"It took {clock.ElapsedMilliseconds} ms.");
        }

        Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(request)).Decision);
        Assert.Equal((2, 1_000), (await on.RowsAsync(), await on.SpentAsync(locked)));
    }

    [Fact]
    public async Task A_deadline_ends_the_stream_and_what_had_no_answer_can_be_sent_again()
    {
        await using var server = await StartPatientAsync();
        var on = await WireOperator.CreateAsync(Ledger, server);
        var (locked, free) = (await on.AddCardAsync(), await on.AddCardAsync());
        var request = on.Buy(locked);
        await using (await LockAsync(on, locked))
        {
            using var stream = TestStream.Open(on.Validator, deadline: TimeSpan.FromSeconds(5));
            await stream.SendAsync(request);
            await stream.AuthoriseAsync(on.Buy(free));
            Assert.Equal(StatusCode.DeadlineExceeded, (await WireError.OfAsync(stream.Ended)).Code);
            await Eventually.TrueAsync(() => OpenStreams(server) == 0, Eventually.Bound, "the server has ended the stream");
        }

        Assert.Equal(Decision.Approved, (await on.Validator.AuthoriseAsync(request)).Decision);
        Assert.Equal((2, 1_000), (await on.RowsAsync(), await on.SpentAsync(locked)));
    }

    [Fact]
    public async Task A_token_that_is_ended_ends_its_streams_within_about_a_second_busy_or_idle()
    {
        var on = await NewOperatorAsync();
        var (clientId, token) = await Ledger.Provisioner.AddClientAsync(on.Terms.Id, ClientKind.Validator, "A gateway");
        var (locked, free) = (await on.AddCardAsync(), await on.AddCardAsync(limitMinor: 1_000_000_000));
        await Server.GetsToKnowAsync(token);
        var caller = Server.Caller(token);
        using var idle = TestStream.Open(caller);
        using var busy = TestStream.Open(caller);
        using var stuck = TestStream.Open(caller);
        using var neighbour = TestStream.Open(on.Validator);
        await idle.IsOpenAsync();
        await neighbour.IsOpenAsync();

        await using (await LockAsync(on, locked))
        {
            await stuck.SendAsync(on.Buy(locked));
            await stuck.AuthoriseAsync(on.Buy(free));
            var buying = BuyUntilEndedAsync(busy, () => on.Buy(free));
            await busy.AnswerAsync(100);

            await Ledger.Provisioner.EndClientAsync(clientId);
            var clock = Stopwatch.StartNew();
            foreach (var stream in new[] { idle, busy, stuck })
            {
                await WireError.OfAsync(stream.Ended, StatusCode.Unauthenticated, "TOKEN_INVALID");
            }

            Assert.True(clock.Elapsed < EndBound, $"It took {clock.ElapsedMilliseconds} ms.");
            await buying;
        }

        // What was answered is in the ledger, and so is at most what was on its way.
        var answered = busy.Answers.Values.Count(answer => answer.Response.Decision == Decision.Approved);
        Assert.Equal(busy.Answers.Count, answered);
        Assert.InRange(await on.RowsAsync(), answered + 1, answered + 2 + Core.Limits.StreamItemsInFlightMax);
        Assert.Equal(Decision.Approved, (await neighbour.AuthoriseAsync(on.Buy(free))).Decision);
        await neighbour.EndAsync();
    }

    [Fact]
    public async Task Bytes_that_are_no_request_end_the_stream_when_what_came_before_is_answered()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var raw = Marshallers.Create(static (byte[] bytes) => bytes, static bytes => bytes);
        var answers = Marshallers.Create(
            static (AuthoriseStreamResponse answer) => answer.ToByteArray(), AuthoriseStreamResponse.Parser.ParseFrom);
        var method = new Method<byte[], AuthoriseStreamResponse>(
            MethodType.DuplexStreaming, "authorisation.v1.AuthorisationService", "AuthoriseStream", raw, answers);
        using var call = Server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            method, host: null, new CallOptions(on.Validator.Headers, DateTime.UtcNow + TestCaller.CallBound));
        await call.RequestStream.WriteAsync(on.Buy(card).ToByteArray());
        await call.RequestStream.WriteAsync([0xFF, 0xFF, 0xFF]);

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(Decision.Approved, call.ResponseStream.Current.Response.Decision);
        await WireError.OfAsync(
            call.ResponseStream.MoveNext(CancellationToken.None), StatusCode.InvalidArgument, "INVALID_MESSAGE");
        Assert.Equal(1, await on.RowsAsync());
    }

    private static async Task BuyUntilEndedAsync(TestStream stream, Func<AuthoriseRequest> next)
    {
        try
        {
            while (!stream.Ended.IsCompleted)
            {
                await stream.SendAsync(next());
            }
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The stream is over.
        }
    }

    private static int OpenStreams(InProcessServer server) => server.Services.GetRequiredService<OpenStreams>().Count;

    /// <summary>A server of the test's own that gives no locked account up, however slow the machine is.</summary>
    private async Task<InProcessServer> StartPatientAsync()
    {
        var server = await InProcessServer.StartAsync(Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), new CardStatusTime());
        await server.BecomeReadyAsync();
        return server;
    }

    private async Task<NpgsqlConnection> LockAsync(WireOperator on, Core.Instrument card)
    {
        var session = await Ledger.OpenSessionAsync();
        await session.ExecuteAsync(
            "begin; select from credit_account where id = @id for update", new { id = on.AccountOf(card) });
        return session;
    }

    private static (Decision Decision, bool Replayed) Summary(AuthoriseResponse answer) => (answer.Decision, answer.Replayed);
}
