using Authorisation.Server.Tests.Processes;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Authorisation.Server.Tests.Streams;

/// <summary>A server that is told to stop, or killed, under streams.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class StopTests(SharedWire wire) : WireTest(wire)
{
    private const int Streams = 6;
    private const int AnswersBefore = 300;

    // With less than that lost, a client has time to read why its streams end.
    private static readonly TimeSpan StallMin = Core.Limits.ConnectionLinger / 4;

    [Fact]
    public Task A_server_that_is_told_to_stop_answers_what_it_took_and_sends_its_clients_away() =>
        UntilNotStalledAsync(AnswersAndSendsAwayAsync);

    private async Task<bool> AnswersAndSendsAwayAsync(bool isLast)
    {
        await using var node = new ServerNode(Ledger.ServiceConnectionString, Wire.Redis);
        var (on, account) = await SceneAsync();
        await node.StartReadyAsync();
        using var idle = TestStream.Open(new TestCaller(node.Channel, on.ValidatorToken));
        await idle.IsOpenAsync();
        var buyers = Buy(node, account);
        await AllAnswerAsync(buyers);

        await using var stalls = new StallWatch();
        node.Program.Signal(Signals.Term);
        foreach (var stream in buyers.Select(buyer => buyer.Stream).Append(idle))
        {
            if (!isLast && await IsLostAsync(stream, stalls))
            {
                return false;
            }

            await WireError.OfAsync(stream.Ended, StatusCode.Unavailable, "STOPPING");
        }

        var (exitCode, _, errors) = await node.Program.EndedAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        await SettleAsync(on, buyers, isOrderly: true);
        return true;
    }

    [Fact]
    public Task A_client_that_still_sends_and_reads_late_is_told_why_its_stream_ends() =>
        UntilNotStalledAsync(TellsWhyTheStreamEndsAsync);

    private async Task<bool> TellsWhyTheStreamEndsAsync(bool isLast)
    {
        await using var node = new ServerNode(Ledger.ServiceConnectionString, Wire.Redis);
        var (on, account) = await SceneAsync();
        await node.StartReadyAsync();
        await using var network = new SlowNetwork(node.Port);
        using var channel = GrpcChannel.ForAddress(network.Address);
        using var stream = TestStream.Open(new TestCaller(channel, on.ValidatorToken));
        await stream.AuthoriseAsync(account.NewRequest());
        network.Delay(Core.Limits.ConnectionLinger / 5);

        await using var stalls = new StallWatch();
        node.Program.Signal(Signals.Term);
        var sending = SendToTheEndAsync(stream, account);
        if (!isLast && await IsLostAsync(stream, stalls))
        {
            await sending;
            return false;
        }

        await WireError.OfAsync(stream.Ended, StatusCode.Unavailable, "STOPPING");
        var (exitCode, _, errors) = await node.Program.EndedAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        await sending;
        return true;
    }

    [Fact]
    public async Task What_a_killed_server_had_answered_is_in_the_ledger_and_the_rest_is_decided_once()
    {
        await using var node = new ServerNode(Ledger.ServiceConnectionString, Wire.Redis);
        var (on, account) = await SceneAsync();
        await node.StartReadyAsync();
        var buyers = Buy(node, account);
        await AllAnswerAsync(buyers);

        await node.KillAsync();
        foreach (var buyer in buyers)
        {
            await Assert.ThrowsAsync<RpcException>(() => buyer.Stream.Ended);
        }

        await SettleAsync(on, buyers, isOrderly: false);
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_waits_for_what_takes_long_and_for_no_client_that_does_not_read()
    {
        await using var node = new ServerNode(Ledger.ServiceConnectionString, Wire.Redis);
        var (on, account) = await SceneAsync();
        await node.StartReadyAsync();
        using var unread = TestStream.Open(new TestCaller(node.Channel, on.ValidatorToken), reads: false);
        var sending = unread.SendAsync(Enumerable.Range(0, 20_000).Select(_ => account.NewRequest()));
        await Eventually.TrueAsync(
            async () => await on.RowsAsync() >= Core.Limits.StreamItemsInFlightMax, Eventually.Bound, "the stream is full");

        node.Program.Signal(Signals.Term);
        var (exitCode, _, errors) = await node.Program.EndedAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        await TestStream.BreaksAsync(sending);
    }

    /// <summary>Plays a scene again, some times at most, that says it came to nothing; the last time it may not say so.</summary>
    private static async Task UntilNotStalledAsync(Func<bool, Task<bool>> scene)
    {
        const int TriesMax = 3;
        for (var tries = 1; !await scene(tries == TriesMax); tries++)
        {
            // The machine kept this process from reading for about as long as a server leaves its clients to read.
        }
    }

    /// <summary>Whether a stream ended without a reason, at a client that was kept from reading.</summary>
    private static async Task<bool> IsLostAsync(TestStream stream, StallWatch stalls) =>
        (await WireError.OfAsync(stream.Ended)).Reason is null && stalls.Longest > StallMin;

    private static async Task SendToTheEndAsync(TestStream stream, LoadAccount account)
    {
        try
        {
            while (!stream.Ended.IsCompleted)
            {
                await stream.SendAsync(account.NewRequest());
                await Task.Delay(1);
            }
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // The stream is over.
        }
    }

    private static List<Buyer> Buy(ServerNode node, LoadAccount account) =>
        [.. Enumerable.Range(0, Streams).Select(_ => new Buyer(node, account))];

    private static async Task AllAnswerAsync(List<Buyer> buyers)
    {
        foreach (var buyer in buyers)
        {
            await Eventually.TrueAsync(
                () => buyer.Stream.Answers.Count >= AnswersBefore, Eventually.Bound, "each stream has answers");
        }
    }

    /// <summary>Sends everything again that had no answer, through another server, and holds all of it against the ledger.</summary>
    private async Task SettleAsync(WireOperator on, List<Buyer> buyers, bool isOrderly)
    {
        var rows = await on.RowsAsync();
        var sent = new List<SentPurchase>();
        foreach (var buyer in buyers)
        {
            await buyer.Sending;
            foreach (var (index, answer) in buyer.Stream.Answers)
            {
                Assert.Null(answer.Error);
                buyer.Sent[(int)index].Answers.Enqueue(answer.Response);
            }

            sent.AddRange(buyer.Sent);
        }

        var answered = sent.Count(purchase => !purchase.Answers.IsEmpty);
        Assert.InRange(answered, Streams * AnswersBefore, isOrderly ? rows : sent.Count);
        if (isOrderly)
        {
            // What it took, it answered: nothing was decided that nobody was told.
            Assert.Equal(rows, answered);
        }

        using var again = TestStream.Open(on.Validator);
        var unanswered = sent.Where(purchase => purchase.Answers.IsEmpty).ToList();
        var answers = await again.AuthoriseAsync(unanswered.ConvertAll(purchase => purchase.Request));
        foreach (var (purchase, answer) in unanswered.Zip(answers))
        {
            purchase.Answers.Enqueue(answer);
        }

        await again.EndAsync();
        Assert.Equal(sent.Count, await LedgerAudit.CheckAsync(Ledger, [on.Terms.Id], sent));
        buyers.ForEach(buyer => buyer.Stream.Dispose());
    }

    private async Task<(WireOperator On, LoadAccount Account)> SceneAsync()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(limitMinor: 1_000_000_000);
        return (on, new LoadAccount(on.AccountOf(card), () => on.Buy(card), on.ValidatorToken));
    }

    private sealed class Buyer
    {
        private const int AheadMax = 200;

        public Buyer(ServerNode node, LoadAccount account)
        {
            Stream = TestStream.Open(new TestCaller(node.Channel, account.Token));
            Sending = Task.Run(() => SendAsync(account));
        }

        public TestStream Stream { get; }

        public Task Sending { get; }

        public List<SentPurchase> Sent { get; } = [];

        private async Task SendAsync(LoadAccount account)
        {
            try
            {
                while (true)
                {
                    while (Sent.Count - Stream.Answers.Count < AheadMax)
                    {
                        var purchase = new SentPurchase(account.NewRequest(), account.Id);
                        Sent.Add(purchase);
                        await Stream.SendAsync(purchase.Request);
                    }

                    await Task.Delay(1);
                    if (Stream.Ended.IsCompleted)
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
            {
                // The stream is over.
            }
        }
    }
}
