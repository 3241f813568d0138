using Authorisation.Core;

namespace Authorisation.Cache.Tests;

public class CacheBreakerTests
{
    private readonly ManualTime _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly CacheBreaker _breaker;

    public CacheBreakerTests() => _breaker = new CacheBreaker(_time, _logger);

    [Fact]
    public void It_opens_at_the_last_of_so_many_failures_in_a_row()
    {
        for (var i = 1; i < Limits.CacheFailuresToOpen; i++)
        {
            Fail();
            Assert.False(_breaker.IsOpen);
        }

        Fail();

        Assert.True(_breaker.IsOpen);
        Assert.Equal(Admission.Refused, _breaker.Enter());
        Assert.Equal([3001], _logger.EventIds);
    }

    [Fact]
    public void A_success_ends_the_row()
    {
        for (var i = 0; i < 10 * Limits.CacheFailuresToOpen; i++)
        {
            Fail();
            _breaker.Succeeded(_breaker.Enter());
        }

        Assert.False(_breaker.IsOpen);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public void Nobody_is_let_through_until_the_open_time_has_passed_and_then_one()
    {
        Open();
        _time.Advance(Limits.CacheBreakerOpenTime - TimeSpan.FromTicks(1));
        Assert.Equal(Admission.Refused, _breaker.Enter());

        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(Admission.Probe, _breaker.Enter());
        Assert.Equal(Admission.Refused, _breaker.Enter());
        Assert.True(_breaker.IsOpen);
    }

    [Fact]
    public void A_probe_that_succeeds_closes_it_and_the_count_begins_anew()
    {
        Open();
        _time.Advance(Limits.CacheBreakerOpenTime);

        _breaker.Succeeded(_breaker.Enter());

        Assert.False(_breaker.IsOpen);
        Assert.Equal([3001, 3002], _logger.EventIds);
        Fail();
        Assert.False(_breaker.IsOpen);
        Open();
        Assert.Equal([3001, 3002, 3001], _logger.EventIds);
    }

    [Fact]
    public void A_probe_that_fails_leaves_it_open_for_the_open_time_again_and_is_not_logged()
    {
        Open();
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Limits.CacheBreakerOpenTime);
            var probe = _breaker.Enter();
            Assert.Equal(Admission.Probe, probe);
            _breaker.Failed(probe, "no answer in time");
            Assert.Equal(Admission.Refused, _breaker.Enter());
        }

        Assert.Equal([3001], _logger.EventIds);
    }

    [Fact]
    public void A_probe_that_never_ends_is_followed_by_another()
    {
        Open();
        _time.Advance(Limits.CacheBreakerOpenTime);
        Assert.Equal(Admission.Probe, _breaker.Enter());

        _time.Advance(Limits.CacheBreakerOpenTime);

        Assert.Equal(Admission.Probe, _breaker.Enter());
    }

    [Fact]
    public void A_command_from_before_the_opening_neither_closes_it_nor_counts()
    {
        var early = _breaker.Enter();
        Open();

        _breaker.Succeeded(early);
        Assert.True(_breaker.IsOpen);

        _breaker.Failed(early, "no answer in time");
        _time.Advance(Limits.CacheBreakerOpenTime);
        Assert.Equal(Admission.Probe, _breaker.Enter());
        Assert.Equal([3001], _logger.EventIds);
    }

    [Fact]
    public void Of_many_threads_at_once_one_is_the_probe_and_each_change_is_logged_once()
    {
        const int Threads = 8;
        const int Rounds = 2000;
        var probesOfRound = new int[Rounds];
        using var line = new Barrier(Threads);

        var threads = Enumerable.Range(0, Threads).Select(number => new Thread(() => Race(number))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.False(_breaker.IsOpen);
        Assert.All(probesOfRound, probes => Assert.Equal(1, probes));
        Assert.Equal(Enumerable.Repeat<int[]>([3001, 3002], Rounds).SelectMany(ids => ids), _logger.EventIds);

        void Race(int number)
        {
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < Limits.CacheFailuresToOpen; i++)
                {
                    _breaker.Failed(Admission.Normal, "no connection");
                }

                line.SignalAndWait();
                if (number == 0)
                {
                    _time.Advance(Limits.CacheBreakerOpenTime);
                }

                line.SignalAndWait();
                var admission = _breaker.Enter();

                // All have asked before the probe ends, or those who ask later would find it closed.
                line.SignalAndWait();
                if (admission == Admission.Probe)
                {
                    Interlocked.Increment(ref probesOfRound[round]);
                    _breaker.Succeeded(admission);
                }

                line.SignalAndWait();
            }
        }
    }

    private void Fail()
    {
        var admission = _breaker.Enter();
        Assert.Equal(Admission.Normal, admission);
        _breaker.Failed(admission, "no answer in time");
    }

    private void Open()
    {
        while (!_breaker.IsOpen)
        {
            Fail();
        }
    }
}
