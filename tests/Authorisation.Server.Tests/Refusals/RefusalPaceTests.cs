using Authorisation.Core;
using Authorisation.Ledger.Shares;
using Authorisation.Server.Services;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Refusals;

public sealed class RefusalPaceTests
{
    private static readonly Sharer Flood = new(1, Originator.Client(1));
    private static readonly Sharer Neighbour = new(1, Originator.Client(2));
    private static readonly RpcException Full = new(new Status(StatusCode.ResourceExhausted, "The share is full."));

    private readonly ManualTime _time = new();
    private readonly RefusalPace _pace;

    public RefusalPaceTests() => _pace = new RefusalPace(_time);

    [Fact]
    public async Task The_first_refusals_of_a_second_are_told_at_once_and_the_others_when_the_hold_is_over()
    {
        var first = Refuse(Flood, Limits.RefusalsAtOnceMax);
        var others = Refuse(Flood, 5);

        Assert.All(first, refusal => Assert.True(refusal.IsCompletedSuccessfully));
        Assert.All(others, refusal => Assert.False(refusal.IsCompleted));
        _time.Advance(Limits.RefusalHoldTime - TimeSpan.FromMilliseconds(1));
        Assert.Equal(others.Count, _time.Timers);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        foreach (var refusal in others)
        {
            Assert.Same(Full, await refusal.WaitAsync(Eventually.Bound));
        }
    }

    [Fact]
    public void A_quiet_client_is_told_at_once_while_another_of_its_operator_is_held()
    {
        Refuse(Flood, Limits.RefusalsAtOnceMax + 1);

        Assert.All(Refuse(Neighbour, Limits.RefusalsAtOnceMax), refusal => Assert.True(refusal.IsCompletedSuccessfully));
    }

    [Fact]
    public void What_is_refused_for_another_cause_than_a_full_share_is_told_at_once_and_does_not_count()
    {
        foreach (var status in Enum.GetValues<StatusCode>().Where(one => one != StatusCode.ResourceExhausted))
        {
            var error = new RpcException(new Status(status, ""));
            for (var i = 0; i <= Limits.RefusalsAtOnceMax; i++)
            {
                Assert.True(_pace.WhenDueAsync(error, Flood, CancellationToken.None).IsCompletedSuccessfully, $"{status}");
            }
        }

        Assert.All(Refuse(Flood, Limits.RefusalsAtOnceMax), refusal => Assert.True(refusal.IsCompletedSuccessfully));
    }

    [Fact]
    public void In_the_next_second_everything_is_forgotten()
    {
        Assert.False(Refuse(Flood, Limits.RefusalsAtOnceMax + 1)[^1].IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.All(Refuse(Flood, Limits.RefusalsAtOnceMax), refusal => Assert.True(refusal.IsCompletedSuccessfully));
        Assert.False(Refuse(Flood, 1)[0].IsCompleted);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_held_no_longer()
    {
        Refuse(Flood, Limits.RefusalsAtOnceMax);
        using var gone = new CancellationTokenSource();
        var held = _pace.WhenDueAsync(Full, Flood, gone.Token);
        Assert.Equal(1, _time.Timers);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.WaitAsync(Eventually.Bound));
        Assert.Equal(0, _time.Timers);
    }

    private List<Task<RpcException>> Refuse(Sharer who, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => _pace.WhenDueAsync(Full, who, CancellationToken.None))];
}
