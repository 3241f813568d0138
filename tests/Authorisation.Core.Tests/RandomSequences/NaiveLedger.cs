namespace Authorisation.Core.Tests.RandomSequences;

/// <summary>
/// The rule once more, as plainly as it can be told and without a line of the real one: a list of the purchases that
/// were approved, summed afresh each time, and European summer time worked out by hand.
/// </summary>
internal sealed class NaiveLedger
{
    private readonly List<(Buy Buy, bool Approved)> _decided = [];
    private readonly Dictionary<int, long> _limits = [];
    private readonly HashSet<int> _blocked = [];

    /// <summary>yyyymm by Swedish and Norwegian clocks.</summary>
    public static int MonthNumber(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        var summer = utc >= LastSundayAtOne(utc.Year, 3) && utc < LastSundayAtOne(utc.Year, 10);
        var local = utc.AddHours(summer ? 2 : 1);
        return (local.Year * 100) + local.Month;
    }

    public void Set(SetLimit change) => _limits[change.Account] = change.LimitMinor;

    public void Set(SetBlocked change) => _ = change.Blocked ? _blocked.Add(change.Account) : _blocked.Remove(change.Account);

    public long LimitOf(int account) => _limits.GetValueOrDefault(account, TestedLedger.FirstLimitMinor);

    public long SpentIn(int month, int account) => ApprovedIn(month, account).Sum(buy => buy.AmountMinor);

    public long HeldIn(int month, int account) => ApprovedIn(month, account).Where(buy => buy.Hold).Sum(buy => buy.AmountMinor);

    public Answer Ask(Buy buy)
    {
        foreach (var (first, approved) in _decided.Where(d => d.Buy.IdNumber == buy.IdNumber))
        {
            return first.Client != buy.Client ? Answer.Taken
                : first with { At = buy.At } != buy ? Answer.Differs
                : approved ? Answer.ApprovedBefore : Answer.DeclinedBefore;
        }

        var month = MonthNumber(buy.At);
        var approve = !_blocked.Contains(buy.Account) && SpentIn(month, buy.Account) + buy.AmountMinor <= LimitOf(buy.Account);
        _decided.Add((buy, approve));
        return approve ? Answer.Approved : Answer.Declined;
    }

    private IEnumerable<Buy> ApprovedIn(int month, int account) => _decided
        .Where(d => d.Approved && d.Buy.Account == account && MonthNumber(d.Buy.At) == month)
        .Select(d => d.Buy);

    private static DateTime LastSundayAtOne(int year, int month)
    {
        var day = new DateTime(year, month, 31, 1, 0, 0, DateTimeKind.Utc);
        while (day.DayOfWeek != DayOfWeek.Sunday)
        {
            day = day.AddDays(-1);
        }

        return day;
    }
}
