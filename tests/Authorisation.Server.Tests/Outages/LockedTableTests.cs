using Authorisation.Server.Tests.Operations;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Authorisation.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using Xunit;
using Xunit.Abstractions;

namespace Authorisation.Server.Tests.Outages;

/// <summary>A table that a migration keeps locked, or that cannot be read, under a server that stays up.</summary>
[Collection(nameof(Alone))]
[Trait("Tier", "Slow")]
public sealed class LockedTableTests(SharedWire wire, ITestOutputHelper output) : LoggedTest(output), IClassFixture<SharedWire>
{
    [Fact]
    public async Task What_reads_a_locked_table_is_answered_busy_and_a_stream_of_advices_goes_on()
    {
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        var held = await on.BuyAsync(card, 1_000, hold: true);
        using var stream = AdviceCall.Open(on.Validator);
        Assert.NotNull((await stream.AdviseAsync(AdviceCall.Sold(on, card, 100))).Recorded);

        var late = AdviceCall.Sold(on, card, 100);
        await using (await LockAsync(ledger))
        {
            await IsBusyAsync(on.Validator.GetAuthorisationAsync(held));
            await IsBusyAsync(on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber }));
            await IsBusyAsync(on.Validator.CaptureAsync(held));
            await IsBusyAsync(on.Validator.VoidAsync(held));
            var error = (await stream.AdviseAsync(late)).Error;
            Assert.Equal(((int)StatusCode.Unavailable, "LEDGER_BUSY"), (error.Code, error.Reason));
        }

        Assert.False((await stream.AdviseAsync(late)).Recorded.Replayed);
        await stream.EndAsync();
        await on.Validator.CaptureAsync(held);
    }

    [Fact]
    public async Task An_advice_that_fails_unexpectedly_is_answered_so_and_its_stream_goes_on()
    {
        Log.Expect(4403);
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();
        using var stream = AdviceCall.Open(on.Validator);
        Assert.NotNull((await stream.AdviseAsync(AdviceCall.Sold(on, card, 100))).Recorded);

        var late = AdviceCall.Sold(on, card, 100);
        await ledger.ExecuteAsync($"revoke select on operation from {TestLedger.ServiceRole}");
        var error = (await stream.AdviseAsync(late)).Error;
        Assert.Equal(((int)StatusCode.Unavailable, "UNEXPECTED"), (error.Code, error.Reason));
        Assert.Contains(Log.Entries, entry => entry.EventId.Id == 4403);

        await ledger.ExecuteAsync($"grant select on operation to {TestLedger.ServiceRole}");
        Assert.False((await stream.AdviseAsync(late)).Recorded.Replayed);
        await stream.EndAsync();
    }

    [Fact]
    public async Task Reads_beyond_what_may_wait_are_refused_at_once_and_leave_connections_to_others()
    {
        const int Connections = 4;
        // Many more than may wait: while a slow machine sends them, those that are worked on end, and others take their place.
        const int Reads = Core.Limits.ReadsAtOnceMax + Core.Limits.ReadsWaitingMax + 1_250;
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var id = await on.BuyAsync(await on.AddCardAsync(), 1_000);
        var channels = Enumerable.Range(0, Connections).Select(_ => server.Connect(new SocketsHttpHandler())).ToList();
        var callers = channels.Select(channel => new TestCaller(channel, on.ValidatorToken)).ToList();

        List<Task<AuthorisationRecord>> reads;
        await using (await LockAsync(ledger))
        {
            reads = [.. Enumerable.Range(0, Reads).Select(i => callers[i % Connections].GetAuthorisationAsync(id))];
            await Eventually.TrueAsync(() => reads.Exists(IsRefused), Eventually.Bound, "some are refused");
            await WireError.OfAsync(reads.Find(IsRefused)!, StatusCode.ResourceExhausted, "TOO_MANY_READS");
            Assert.InRange(
                await ledger.AskAsync<long>("select count(*) from pg_locks where relation = 'authorisation'::regclass and not granted"),
                0,
                Core.Limits.ReadsAtOnceMax);
        }

        await Task.WhenAll(reads.Select(static read => ((Task)read).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.Contains(reads, read => read.IsCompletedSuccessfully);
        Assert.Equal(id, (await on.Validator.GetAuthorisationAsync(id)).AuthorisationId);
        channels.ForEach(channel => channel.Dispose());
    }

    [Fact]
    public async Task However_many_operations_are_looked_for_they_leave_connections_to_reads()
    {
        const int Voids = 500;
        await using var ledger = await wire.Ledgers.CreateOwnAsync();
        await using var server = await StartAsync(ledger);
        var on = await WireOperator.CreateAsync(ledger, server);
        var card = await on.AddCardAsync();

        List<Task<OperationResponse>> voids;
        await using (await LockAsync(ledger))
        {
            voids = [.. Enumerable.Range(0, Voids).Select(_ => on.Validator.VoidAsync(Guid.NewGuid().ToString()))];
            await Eventually.TrueAsync(() => voids.Exists(one => one.IsCompleted), Eventually.Bound, "the first have waited long enough");
            Assert.InRange(
                await ledger.AskAsync<long>("select count(*) from pg_locks where relation = 'authorisation'::regclass and not granted"),
                0,
                Core.Limits.OperationLooksAtOnceMax);
            Assert.Equal(0, (await on.Validator.GetCreditAsync(card)).SpentMinor);
        }

        await Task.WhenAll(voids.Select(static one => ((Task)one).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.Contains(voids, one => one.IsCompletedSuccessfully);
    }

    private async Task<InProcessServer> StartAsync(TestLedger ledger)
    {
        var server = await InProcessServer.StartAsync(ledger.ServiceConnectionString, wire.Redis, Log);
        await server.BecomeReadyAsync();
        return server;
    }

    private static async Task<NpgsqlConnection> LockAsync(TestLedger ledger)
    {
        var session = await ledger.OpenSessionAsync();
        await session.ExecuteAsync("begin; lock table authorisation in access exclusive mode");
        return session;
    }

    private static bool IsRefused(Task read) =>
        read.Exception?.InnerException is RpcException { StatusCode: StatusCode.ResourceExhausted };

    private static async Task IsBusyAsync(Task call) =>
        await WireError.OfAsync(call, StatusCode.Unavailable, "LEDGER_BUSY");
}
