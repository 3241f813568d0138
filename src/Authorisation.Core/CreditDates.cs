namespace Authorisation.Core;

/// <summary>What of a credit holds at some times only. Immutable.</summary>
/// <param name="FirstDay">The first day on which something may be bought; <see langword="null"/> for no such day.</param>
/// <param name="LastDay">The last one.</param>
/// <param name="ExtraMonth">The month that has more than the limit; it lapses with that.</param>
/// <param name="ExtraMinor">How much more, in minor units.</param>
public sealed record CreditDates(DateOnly? FirstDay, DateOnly? LastDay, CreditMonth ExtraMonth, long ExtraMinor)
{
    /// <summary>Whether nothing may be bought on some days.</summary>
    public bool HasDays => FirstDay is not null || LastDay is not null;

    /// <summary>Whether something may be bought on a day by the operator's clocks.</summary>
    public bool Contains(DateOnly day) => !(day < FirstDay) && !(day > LastDay);

    /// <summary>What a month has beyond the limit, in minor units.</summary>
    public long ExtraIn(CreditMonth month) => month == ExtraMonth ? ExtraMinor : 0;
}
