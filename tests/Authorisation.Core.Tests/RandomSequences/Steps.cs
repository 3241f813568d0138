using FsCheck;
using FsCheck.Fluent;

namespace Authorisation.Core.Tests.RandomSequences;

/// <summary>Random steps, in order of time, that start close to an edge of a month and run over others.</summary>
internal static class Steps
{
    public const int Accounts = 3;

    private static readonly Gen<DateTimeOffset> Starts = Gen.Elements(
        Some.At("2026-10-31T22:50:00Z"),
        Some.At("2026-12-31T22:50:00Z"),
        Some.At("2027-03-28T00:50:00Z"),
        Some.At("2027-03-31T21:50:00Z"),
        Some.At("2027-10-31T00:30:00Z"));

    private static readonly Gen<TimeSpan> Gaps = Gen.Frequency(
        (6, Gen.Choose(0, 400_000).Select(ms => TimeSpan.FromMilliseconds(ms))),
        (2, Gen.Choose(0, 72).Select(h => TimeSpan.FromHours(h))),
        (1, Gen.Choose(0, 40).Select(d => TimeSpan.FromDays(d))));

    /// <summary>Sequences of steps; a failing one is shortened until every step in it matters.</summary>
    /// <param name="idsPerAccount">Whether an id is ever used on one account only.</param>
    /// <param name="idsPerMonth">Whether an id is ever used in one month only.</param>
    public static Arbitrary<Step[]> Any(bool idsPerAccount = false, bool idsPerMonth = false)
    {
        var sequences =
            from start in Starts
            from drafts in Draft().ListOf()
            select InTime(start, drafts, idsPerAccount, idsPerMonth);
        return Arb.From(sequences, Shorter);
    }

    private static Gen<(TimeSpan Gap, Step Step)> Draft() =>
        from gap in Gaps
        from account in Gen.Choose(0, Accounts - 1)
        from step in Gen.Frequency((10, Purchase(account)), (2, Limit(account)), (1, Block(account)))
        select (gap, step);

    private static Gen<Step> Purchase(int account) =>
        from id in Gen.Choose(1, 40)
        from client in Gen.Frequency((9, Gen.Constant(1)), (1, Gen.Constant(2)))
        from amount in Gen.Frequency((3, Gen.Choose(1, 3)), (5, Gen.Choose(1, 60)), (1, Gen.Choose(1, 10_000_000)))
        from hold in Gen.Elements(true, false)
        from product in Gen.Elements("single", null)
        select (Step)new Buy(default, account, id, client, amount, hold, product);

    private static Gen<Step> Limit(int account) =>
        Gen.Choose(0, 200).Select(limit => (Step)new SetLimit(default, account, limit));

    private static Gen<Step> Block(int account) =>
        Gen.Elements(true, false).Select(blocked => (Step)new SetBlocked(default, account, blocked));

    private static Step[] InTime(
        DateTimeOffset start, IEnumerable<(TimeSpan Gap, Step Step)> drafts, bool idsPerAccount, bool idsPerMonth)
    {
        var now = start;
        var steps = new List<Step>();
        foreach (var (gap, step) in drafts)
        {
            now += gap;
            steps.Add(step is Buy buy ? buy with { At = now, IdNumber = IdNumber(buy, now) } : step with { At = now });
        }

        return [.. steps];

        int IdNumber(Buy buy, DateTimeOffset at) => buy.IdNumber
            + (idsPerAccount ? 100 * buy.Account : 0)
            + (idsPerMonth ? 1000 * NaiveLedger.MonthNumber(at) : 0);
    }

    /// <summary>The same without one half, or without one step.</summary>
    private static IEnumerable<Step[]> Shorter(Step[] steps)
    {
        if (steps.Length > 1)
        {
            yield return steps[..(steps.Length / 2)];
            yield return steps[(steps.Length / 2)..];
        }

        for (var i = 0; i < steps.Length; i++)
        {
            yield return [.. steps[..i], .. steps[(i + 1)..]];
        }
    }
}
