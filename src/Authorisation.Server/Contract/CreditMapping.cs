using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Authorisation.V1;
using Credit = Authorisation.Core.Credit;
using PurchaseRules = Authorisation.Core.PurchaseRules;

namespace Authorisation.Server.Contract;

/// <summary>Writes what there is to spend, and what it may be spent on, as the contract's messages.</summary>
internal static class CreditMapping
{
    public static V1.Credit ToContract(this CreditReading reading, Operator terms)
    {
        var (account, zone) = (reading.Account, terms.TimeZone);
        var credit = Credit.Of(account, CreditMonth.Of(reading.Now, zone), reading.Now, zone).ToContract(terms);
        if (account.Rules is { } rules)
        {
            credit.Rules = rules.ToContract(account.Today?.On(DaySpending.DayOf(reading.Now, zone)) ?? 0);
        }

        if (account.Dates is { HasDays: true } dates)
        {
            credit.Rules ??= new V1.PurchaseRules();
            credit.Rules.FirstDay = Text(dates.FirstDay);
            credit.Rules.LastDay = Text(dates.LastDay);
        }

        return credit;
    }

    private static V1.PurchaseRules ToContract(this PurchaseRules rules, long daySpentMinor)
    {
        var contract = new V1.PurchaseRules
        {
            Products = ToContract(rules.AllowedProducts),
            NotOnCredit = rules.NotOnCredit.Count == 0 ? null : ToContract([.. rules.NotOnCredit.Order(StringComparer.Ordinal)]),
            Zones = ToContract(rules.AllowedZones),
            Times = ToContract(rules.AllowedTimes),
        };
        if (rules.MaxPurchaseMinor is { } most)
        {
            contract.MaxPurchaseMinor = most;
        }

        if (rules.MaxDayMinor is { } day)
        {
            contract.MaxDayMinor = day;
            contract.RemainingTodayMinor = Math.Max(0, day - daySpentMinor);
        }

        return contract;
    }

    private static Codes? ToContract(IReadOnlyCollection<string>? codes) =>
        codes is null ? null : new Codes { Codes_ = { codes } };

    private static TimeWindows? ToContract(WeekTimes? times) => times is null ? null : new TimeWindows
    {
        Windows =
        {
            times.Days().Select(static day => new TimeWindow
            {
                Weekday = day.Day,
                From = WeekTimes.Text(day.From),
                Until = WeekTimes.Text(day.Until),
            }),
        },
    };

    private static string Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
