using System.Diagnostics;
using Authorisation.LoadTests.Http2;
using Authorisation.LoadTests.Load;
using Authorisation.LoadTests.Measure;
using Authorisation.LoadTests.Processes;
using Authorisation.V1;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// Purchases on all cards while a month ends; one in twenty on a card whose credit is spent, which has to be declined
/// until the month is over and approved from its end on, to the millisecond.
/// </summary>
internal sealed class ResetScenario(StageFacts facts, MonthEnd end) : Scenario(facts)
{
    private const int Plenty = 0;
    private const int SpentInAll = 20;

    /// <summary>What two readings of the clocks may lie apart.</summary>
    private static readonly long ClockTicks = Stopwatch.Frequency / 1000;

    /// <summary>How long after the end of the month spent cards are used.</summary>
    private static readonly long SpentTicks = 5 * Stopwatch.Frequency;

    /// <summary>Latencies of purchases that arrived before the end of the month, in nanoseconds.</summary>
    public LatencyHistogram Before { get; } = new();

    /// <summary>Of those that arrived after it, while the month end was not done.</summary>
    public LatencyHistogram During { get; } = new();

    /// <summary>Of those that arrived when it was done.</summary>
    public LatencyHistogram After { get; } = new();

    /// <summary>
    /// How long after the end of the month a spent card was answered approved for the first time; null if none was.
    /// </summary>
    public TimeSpan? FirstApproved { get; private set; }

    /// <inheritdoc/>
    public override void Prepare(Call call)
    {
        // The kind of a purchase on a spent card is its place among them, from 1. Some seconds into the new month they
        // have shown what they are for, and would be spent again one by one.
        call.Kind = call.PlannedAt < end.MidnightAt + SpentTicks && Random.Next(SpentInAll) == 0
            ? 1 + Random.Next(end.Declined.Length)
            : Plenty;
        if (call.Kind == Plenty)
        {
            Purchase(call, AnyCard());
        }
        else
        {
            Purchase(call, Facts.FirstSpentCard + call.Kind - 1, PurchaseTemplate.AmountMin);
        }
    }

    /// <inheritdoc/>
    public override string? Judge(Call call)
    {
        var now = Stopwatch.GetTimestamp();
        if (call.PlannedAt >= end.From)
        {
            (call.PlannedAt < end.MidnightAt ? Before : call.PlannedAt < end.TurnEndedAt ? During : After).Record(
                (long)Stopwatch.GetElapsedTime(call.PlannedAt, now).TotalNanoseconds);
        }

        return call.Kind == Plenty ? base.Judge(call) : JudgeSpent(call, now);
    }

    private string? JudgeSpent(Call call, long now)
    {
        if (JudgeStatus(call, expected: 0) is { } wrong)
        {
            return wrong;
        }

        var isOld = AuthoriseResponse.Parser.ParseFrom(call.Answer).Credit.Month == end.Month;
        if (isOld && call.PlannedAt > end.MidnightAt + ClockTicks)
        {
            return "A purchase that was sent after the end of the month was decided in it.";
        }

        if (isOld)
        {
            end.Declined[call.Kind - 1] = true;
            return JudgeDecision(call, Decision.Declined, DeclineReason.InsufficientCredit);
        }

        if (now < end.MidnightAt - ClockTicks)
        {
            return "A purchase was decided in a month that had not begun.";
        }

        end.Approved[call.Kind - 1] = true;
        FirstApproved ??= Stopwatch.GetElapsedTime(end.MidnightAt, Math.Max(now, end.MidnightAt));
        return JudgeDecision(call, Decision.Approved, DeclineReason.Unspecified);
    }
}
