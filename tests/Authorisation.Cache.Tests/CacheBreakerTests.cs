using System.Collections.Concurrent;
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
    public void A_probe_that_succeeds_closes_it_and_the_count_restarts()
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
    public void Of_many_threads_that_find_the_time_come_at_once_one_is_the_probe()
    {
        const int Threads = 4;
        for (var round = 0; round < 100; round++)
        {
            Open();
            _time.Advance(Limits.CacheBreakerOpenTime);

            // All of them have read when the next probe is due before any of them goes on.
            var admissions = AtOnce(Threads, meeting: Threads, _breaker.Enter);

            Assert.Single(admissions, Admission.Probe);
            Assert.Equal(Threads - 1, admissions.Count(admission => admission == Admission.Refused));
            _breaker.Succeeded(Admission.Probe);
        }

        Assert.Equal(200, _logger.Lines.Count);
    }

    [Fact]
    public void Of_many_threads_that_fail_at_once_one_opens_it_and_logs()
    {
        const int Threads = 6;

        // All that are at the count of failures or beyond it have seen it closed before any of them opens it.
        AtOnce(Threads, meeting: Threads - Limits.CacheFailuresToOpen + 1, () =>
        {
            _breaker.Failed(Admission.Normal, "no connection");
            return true;
        });

        Assert.True(_breaker.IsOpen);
        Assert.Equal([3001], _logger.EventIds);
    }

    private List<T> AtOnce<T>(int threadCount, int meeting, Func<T> action)
    {
        using var barrier = new Barrier(meeting);
        _time.Meeting = barrier;
        var results = new ConcurrentQueue<T>();
        var threads = Enumerable.Range(0, threadCount).Select(_ => new Thread(() => results.Enqueue(action()))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        _time.Meeting = null;
        return [.. results];
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
