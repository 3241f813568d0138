using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Xunit;

namespace Authorisation.Server.Tests.Strangers;

/// <summary>What somebody can do who has no token: get a refusal, ask after health, and be closed soon.</summary>
[Trait("Tier", "Slow")]
public sealed class StrangerTests(SharedWire wire) : WireTest(wire)
{
    private const string UnknownToken = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    [Theory]
    [InlineData(RawHttp2.Authorise, null)]
    [InlineData(RawHttp2.Authorise, UnknownToken)]
    [InlineData(RawHttp2.AuthoriseStream, null)]
    [InlineData(RawHttp2.AuthoriseStream, UnknownToken)]
    [InlineData(RawHttp2.Reflection, null)]
    [InlineData(RawHttp2.Reflection, UnknownToken)]
    [InlineData("/authorisation.v2.NoService/NoCall", null)]
    public async Task A_call_without_a_good_token_is_refused_before_its_message_has_come(string path, string? token)
    {
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        await connection.HeadersAsync(1, path, token);

        var end = await connection.EndOfAsync(1);

        Assert.Contains("grpc-status\u000216", end.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reflection_answers_who_has_a_token()
    {
        var on = await NewOperatorAsync();
        using var call = new Grpc.Reflection.V1.ServerReflection.ServerReflectionClient(Server.Channel).ServerReflectionInfo(
            on.Validator.Headers, DateTime.UtcNow + TestCaller.CallBound);
        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1.ServerReflectionRequest { ListServices = "" });

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Contains(
            "authorisation.v1.AuthorisationService",
            call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name),
            StringComparer.Ordinal);
        await call.RequestStream.CompleteAsync();
    }

    [Fact]
    public async Task A_message_has_ten_seconds_to_arrive_and_a_stream_may_be_silent_longer()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var purchase = on.Buy(card).ToByteArray();
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        await connection.HeadersAsync(1, RawHttp2.AuthoriseStream, on.ValidatorToken);
        await connection.DataAsync(1, RawHttp2.Message(purchase));
        await connection.ReadUntilAsync(frame => frame.Kind == FrameKind.Data && frame.Stream == 1);

        await connection.HeadersAsync(3, RawHttp2.Authorise, on.ValidatorToken);
        await connection.DataAsync(3, RawHttp2.Message(purchase, sent: 20));
        Assert.Contains("grpc-status\u00014", (await connection.EndOfAsync(3)).Text, StringComparison.Ordinal);
        await connection.HeadersAsync(5, RawHttp2.HealthCheck);
        Assert.Contains("grpc-status\u00014", (await connection.EndOfAsync(5)).Text, StringComparison.Ordinal);

        await connection.DataAsync(1, RawHttp2.Message(on.Buy(card).ToByteArray(), sent: 20));
        var end = await connection.EndOfAsync(1);
        Assert.Contains("grpc-status\u00014", end.Text, StringComparison.Ordinal);
        Assert.Equal(1, await on.RowsAsync());
    }

    [Fact]
    public async Task A_stranger_asks_after_health_in_a_few_calls_of_short_messages_and_no_more()
    {
        using var channel = Server.Connect();
        var health = new Grpc.Health.V1.Health.HealthClient(channel);
        var watches = Enumerable.Range(0, Limits.StrangerCallsMax)
            .Select(i => health.Watch(new HealthCheckRequest { Service = $"no-such-{i}" }, deadline: DateTime.UtcNow + TestCaller.CallBound * 3))
            .ToList();
        foreach (var watch in watches)
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        }

        await WireError.OfAsync(
            health.CheckAsync(new HealthCheckRequest(), deadline: DateTime.UtcNow + TestCaller.CallBound).ResponseAsync,
            StatusCode.ResourceExhausted,
            "TOO_MANY_CALLS");
        foreach (var watch in watches)
        {
            watch.Dispose();
        }

        await Eventually.TrueAsync(
            async () => (await health.CheckAsync(new HealthCheckRequest())).Status == HealthCheckResponse.Types.ServingStatus.Serving,
            Eventually.Bound,
            "health is answered again");
        await WireError.OfAsync(
            health.CheckAsync(
                new HealthCheckRequest { Service = new string('x', Limits.StrangerMessageBytesMax) },
                deadline: DateTime.UtcNow + TestCaller.CallBound).ResponseAsync,
            StatusCode.ResourceExhausted,
            "MESSAGE_TOO_LONG");
    }

    [Fact]
    public async Task Many_calls_with_a_token_that_is_not_known_are_refused_without_waiting_for_a_look()
    {
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        const int calls = Limits.StrangerRefusalsMax;
        for (var i = 0; i < calls; i++)
        {
            await connection.HeadersAsync((2 * i) + 1, RawHttp2.Authorise, UnknownToken);
        }

        var ends = new List<string>();
        await connection.ReadUntilAsync(frame =>
        {
            if (frame.Kind == FrameKind.Headers)
            {
                ends.Add(frame.Text);
            }

            return ends.Count == calls;
        });
        Assert.All(ends, end => Assert.True(
            end.Contains("grpc-status\u000216", StringComparison.Ordinal) || end.Contains("grpc-status\u00018", StringComparison.Ordinal), end));
        Assert.Contains(ends, end => end.Contains("grpc-status\u000216", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_with_too_many_refused_calls_is_told_to_go_and_keeps_its_place_until_its_time_is_over()
    {
        var time = new JumpingTime();
        await using var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time, "--Listen:ConnectionsPerAddress=1");
        using var connection = await RawHttp2.OpenAsync(server.Address);
        for (var i = 0; i < Limits.StrangerRefusalsMax; i++)
        {
            await connection.HeadersAsync(connection.NextStream(), RawHttp2.Authorise, token: null, end: true);
        }

        var ends = 0;
        Assert.NotNull(await connection.ReadUntilAsync(frame =>
        {
            ends += frame.Kind == FrameKind.Headers ? 1 : 0;
            return frame.Kind == FrameKind.GoAway;
        }));
        Assert.Equal(Limits.StrangerRefusalsMax, ends);
        await connection.HeadersAsync(connection.NextStream(), RawHttp2.Authorise, token: null, end: true);
        using (var next = await RawHttp2.ConnectAsync(server.Address))
        {
            await next.IsClosedAsync();
        }

        var isClosed = connection.IsClosedAsync();
        Assert.False(isClosed.IsCompleted);
        await Eventually.TrueAsync(
            async () =>
            {
                time.Jump(Limits.StrangerTime);
                await isClosed.WaitAsync(TimeSpan.FromMilliseconds(200)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return isClosed.IsCompletedSuccessfully;
            },
            Eventually.Bound,
            "the connection is closed");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(UnknownToken)]
    public async Task A_client_without_a_good_token_that_asks_on_and_on_is_always_told_so(string? token)
    {
        var headers = new Metadata();
        if (token is not null)
        {
            headers.Add("authorization", $"Bearer {token}");
        }

        using var channel = Server.Connect();
        var client = new AuthorisationService.AuthorisationServiceClient(channel);
        for (var round = 0; round < 4; round++)
        {
            var calls = Enumerable.Range(0, 8).Select(_ => Assert.ThrowsAsync<RpcException>(() => client.AuthoriseAsync(
                new AuthoriseRequest(), headers, DateTime.UtcNow + TestCaller.CallBound).ResponseAsync));
            Assert.All(await Task.WhenAll(calls), refused => Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode));
        }
    }

    [Fact]
    public async Task No_more_calls_of_a_stranger_are_begun_than_it_may_have_refused()
    {
        using var connection = await RawHttp2.OpenAsync(Server.Address);
        var (first, again) = RawHttp2.RepeatableHeaderBlocks(RawHttp2.Authorise);
        var calls = RawHttp2.Frame(FrameKind.Headers, 5, connection.NextStream(), first).ToList();
        for (var i = 1; i < 500; i++)
        {
            calls.AddRange(RawHttp2.Frame(FrameKind.Headers, 5, connection.NextStream(), again));
        }

        await connection.WriteAsync([.. calls]);
        var ends = 0;
        Assert.NotNull(await connection.ReadUntilAsync(frame =>
        {
            ends += frame.Kind == FrameKind.Headers ? 1 : 0;
            return frame.Kind == FrameKind.GoAway;
        }));
        Assert.InRange(ends, Limits.StrangerRefusalsMax, 2 * Limits.StrangerRefusalsMax);
    }

    public static TheoryData<string> Silences => ["nothing", "half a preface", "the preface", "headers that do not end", "pings", "settings", "refused calls"];

    [Theory]
    [MemberData(nameof(Silences))]
    public async Task A_connection_that_shows_no_token_is_closed_and_those_that_did_or_watch_health_stay(string silence)
    {
        var time = new JumpingTime();
        await using var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time);
        var on = await WireOperator.CreateAsync(Ledger, server);
        var card = await on.AddCardAsync();
        using var known = await RawHttp2.OpenAsync(server.Address);
        await known.HeadersAsync(1, RawHttp2.Authorise, on.ValidatorToken);
        await known.DataAsync(1, RawHttp2.Message(on.Buy(card).ToByteArray()), end: true);
        await known.EndOfAsync(1);
        using var balancer = await RawHttp2.OpenAsync(server.Address);
        await balancer.HeadersAsync(1, RawHttp2.HealthWatch);
        await balancer.DataAsync(1, RawHttp2.Message([]), end: true);
        await balancer.ReadUntilAsync(frame => frame.Kind == FrameKind.Data);

        using var stranger = await RawHttp2.ConnectAsync(server.Address);
        var isClosed = stranger.IsClosedAsync();
        await BeSilentAsync(stranger, silence);
        await Eventually.TrueAsync(
            async () =>
            {
                time.Jump(Limits.StrangerTime);
                await TalkOnAsync(stranger, silence);
                await isClosed.WaitAsync(TimeSpan.FromMilliseconds(200)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return isClosed.IsCompletedSuccessfully;
            },
            Eventually.Bound,
            "the stranger is closed");

        await known.HeadersAsync(3, RawHttp2.Authorise, on.ValidatorToken);
        await known.DataAsync(3, RawHttp2.Message(on.Buy(card).ToByteArray()), end: true);
        await known.EndOfAsync(3);
        await balancer.WriteAsync(RawHttp2.Frame(FrameKind.Ping, 0, 0, new byte[8]));
        Assert.NotNull(await balancer.ReadUntilAsync(frame => frame.Kind == FrameKind.Ping));
    }

    private static async Task BeSilentAsync(RawHttp2 stranger, string silence)
    {
        switch (silence)
        {
            case "half a preface":
                await stranger.WriteAsync(RawHttp2.Preface[..10]);
                break;
            case "headers that do not end":
                await stranger.WriteAsync(
                [
                    .. RawHttp2.Preface, .. RawHttp2.Frame(FrameKind.Settings, 0, 0, []),
                    .. RawHttp2.Frame(FrameKind.Headers, 0, 1, RawHttp2.HeaderBlock(RawHttp2.Authorise, UnknownToken)),
                ]);
                break;
            case "the preface" or "pings" or "settings" or "refused calls":
                await stranger.WriteAsync([.. RawHttp2.Preface, .. RawHttp2.Frame(FrameKind.Settings, 0, 0, [])]);
                break;
        }
    }

    private static async Task TalkOnAsync(RawHttp2 stranger, string silence)
    {
        try
        {
            await (silence switch
            {
                "pings" => stranger.WriteAsync(RawHttp2.Frame(FrameKind.Ping, 0, 0, new byte[8])),
                "settings" => stranger.WriteAsync(RawHttp2.Frame(FrameKind.Settings, 0, 0, [])),
                "refused calls" => stranger.WriteAsync(RawHttp2.Frame(FrameKind.Headers, 5, stranger.NextStream(), RawHttp2.HeaderBlock(RawHttp2.Authorise, null))),
                _ => Task.CompletedTask,
            });
        }
        catch (IOException)
        {
            // It is closed already.
        }
    }
}
