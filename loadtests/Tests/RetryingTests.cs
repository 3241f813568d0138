using System.Collections.Concurrent;
using System.Diagnostics;
using Authorisation.LoadTests.Load;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.LoadTests.Tests;

[Trait("Tier", "Slow")]
public sealed class RetryingTests
{
    [Fact]
    public async Task A_purchase_that_one_server_cannot_decide_goes_to_the_other_with_the_same_id()
    {
        var refused = new ConcurrentBag<string>();
        await using var down = await TestPeer.StartAsync(request =>
        {
            refused.Add(request.AuthorisationId);
            throw new RpcException(new Status(StatusCode.Unavailable, "Not now."));
        });
        await using var up = await TestPeer.StartAsync(request => Task.FromResult(TestPeer.Approve(request)));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var load = new RetryingLoad(TestPeer.Facts, perSecond: 100);
        var purchases = await load.RunAsync([down.Address, up.Address], stop.Token);

        Assert.NotEmpty(refused);
        Assert.All(purchases, purchase => Assert.Null(purchase.Failure));
        Assert.All(purchases, purchase => Assert.Equal(Decision.Approved, purchase.Decision));
        Assert.All(refused, id => Assert.Equal(2, purchases.Single(purchase => purchase.Id.ToString() == id).Tries));
    }

    [Fact]
    public async Task A_purchase_ends_as_a_failure_when_the_patience_does()
    {
        await using var down = await TestPeer.StartAsync(_ => throw new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        await using var client = new RetryingClient([down.Address], "token", patience: TimeSpan.FromMilliseconds(300));
        var purchase = await client.BuyAsync(new AuthoriseRequest(), Guid.CreateVersion7(), Stopwatch.GetTimestamp());
        Assert.Null(purchase.Decision);
        Assert.InRange(purchase.Tries, 2, 50);
        Assert.Contains("Not now.", purchase.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_no_retry_mends_is_not_retried()
    {
        await using var strict = await TestPeer.StartAsync(_ => throw new RpcException(new Status(StatusCode.InvalidArgument, "Never.")));
        await using var client = new RetryingClient([strict.Address], "token", patience: TimeSpan.FromSeconds(30));
        var purchase = await client.BuyAsync(new AuthoriseRequest(), Guid.CreateVersion7(), Stopwatch.GetTimestamp());
        Assert.Equal(1, purchase.Tries);
        Assert.Null(purchase.Decision);
    }
}
