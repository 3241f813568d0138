using Authorisation.Core;
using Decision = Authorisation.V1.Decision;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// Purchases before and after the end of a month, by a traveller whose limit is all but spent: declined until the last
/// moment, and approved in the first one.
/// </summary>
internal sealed class DemoMidnight(
    DemoData data, IReadOnlyDictionary<string, DemoPlace> places, DemoCaller caller, DemoClock clock, TextWriter output)
{
    private const string Principal = "Karin";
    private const long TicketMinor = 4_200;

    /// <summary>What the month has taken already: one more ticket, and too little is left for another.</summary>
    private const long SpentMinor = DemoData.AppLimitMinor - TicketMinor - 100;

    private const int MostBefore = 10;

    /// <summary>
    /// How long before midnight the last purchase of the month is made: its decision should be there by then.
    /// </summary>
    private static readonly TimeSpan LastBefore = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenInAHurry = TimeSpan.FromMilliseconds(200);

    /// <summary>Below this the purchases follow one another faster.</summary>
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(4);

    private static readonly OperatorProfile Profile = OperatorProfile.All[0];

    /// <summary>Whether purchases were made around midnight.</summary>
    public bool WasShown { get; private set; }

    /// <summary>
    /// Buys until midnight and once more after it. Nothing when midnight has passed, or it was shown.
    /// </summary>
    public async Task ShowAsync(CancellationToken cancel)
    {
        if (WasShown || clock.Left <= TimeSpan.Zero)
        {
            return;
        }

        WasShown = true;
        var month = clock.Month;
        await output.WriteLineAsync(
            $"{Profile.Terms.Name}: {Principal} has all but spent {Kronor(DemoData.AppLimitMinor)} of {month} when the month ends, by the clocks there");
        var karin = await data.AddAppAsync(places[Profile.Terms.Code], $"{Principal} Ek");
        await BuyAsync(karin, "30-day tickets", SpentMinor, month, isLeft: true, cancel);
        await ElsewhereAsync(month, cancel);

        var bought = 0;
        var gap = clock.Left > Hurry ? Between : BetweenInAHurry;
        var wait = clock.Left - LastBefore - (gap * MostBefore);
        if (wait > Between)
        {
            await output.WriteLineAsync($"  {wait.TotalSeconds:0} s later she buys every second, and once more when the month is over:");
        }

        for (var left = MostBefore - 1; left >= 0; left--)
        {
            var moment = clock.Midnight - LastBefore - (gap * left);
            if (moment >= clock.Now)
            {
                await clock.WaitUntilAsync(moment, cancel);
                await BuyAsync(karin, "single ticket", TicketMinor, month, isLeft: bought++ == 0, cancel);
            }
        }

        await clock.WaitUntilAsync(clock.Midnight, cancel);
        await BuyAsync(karin, "single ticket", TicketMinor, month, isLeft: false, cancel);
    }

    // So that each operator has something to invoice.
    private async Task ElsewhereAsync(CreditMonth month, CancellationToken cancel)
    {
        foreach (var (profile, who) in OperatorProfile.All.Where(one => one != Profile).Zip(["Lars", "Petra", "Sigrid"]))
        {
            if (clock.Left > TimeSpan.Zero)
            {
                var app = await data.AddAppAsync(places[profile.Terms.Code], $"{who} Holm");
                var request = DemoCaller.App(app, TicketMinor, profile, "Sista bussen hem");
                await caller.BuyAtAsync(
                    clock, who, "single ticket", request, app.AppToken, _ => Decision.Approved, cancel);
            }
        }
    }

    // In the month that begins there is credit for all of them.
    private Task BuyAsync(
        DemoApp app, string what, long amountMinor, CreditMonth month, bool isLeft, CancellationToken cancel) => caller.BuyAtAsync(
            clock, Principal, what, DemoCaller.App(app, amountMinor, Profile, "Nyårsjour på sjukhuset"), app.AppToken,
            decidedIn => isLeft || decidedIn != month.ToString() ? Decision.Approved : Decision.Declined,
            cancel);

    private static string Kronor(long minor) => DemoLine.Money(minor, Profile.Terms.Currency);
}
