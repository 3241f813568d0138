using System.Globalization;
using System.Text.Json.Nodes;
using Authorisation.Core;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// The nights' work after a month, as operator staff see it: asked for over the REST API again and again until it is
/// done, with a line for each step, and then the invoice bases that were made.
/// </summary>
internal sealed class DemoNight(Uri admin, IReadOnlyDictionary<string, DemoOperator> operators, DemoClock clock, TextWriter output)
    : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(40);

    /// <summary>How long the night's work is given to begin by itself.</summary>
    private static readonly TimeSpan BeginsBy = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DemoPortal> _staff = new(StringComparer.Ordinal);

    /// <summary>Signs staff in where they are not yet; before midnight, to see the work from its beginning.</summary>
    public async Task SignInAsync(CancellationToken cancel)
    {
        foreach (var (code, one) in operators)
        {
            if (!_staff.ContainsKey(code))
            {
                var portal = new DemoPortal(admin, messages: "");
                _staff.Add(code, portal);
                await portal.SignInAsync(one.Administrators!.Staff, cancel);
            }
        }
    }

    /// <summary>Shows the operators' nightly work, until it is done or waits for a person.</summary>
    /// <param name="month">The month that is over.</param>
    /// <param name="firsts">
    /// The operators that have not closed it, or were not done with it, each with its first open month.
    /// </param>
    /// <param name="cancel">Gives it up.</param>
    public async Task ShowAsync(CreditMonth month, IReadOnlyDictionary<string, CreditMonth> firsts, CancellationToken cancel)
    {
        await output.WriteLineAsync($"The night's work after {month}, as staff see it in GET /v1/month-ends");
        await SignInAsync(cancel);
        await WatchAsync(month, firsts, cancel);
    }

    /// <summary>Shows the invoice bases of a month, before administrators see them.</summary>
    public async Task ShowInvoicesAsync(CreditMonth month, CancellationToken cancel)
    {
        await output.WriteLineAsync($"The invoice bases of {month}, as staff see them in GET /v1/invoices");
        await SignInAsync(cancel);
        var days = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (code, portal) in _staff)
        {
            foreach (var invoice in await portal.ListAsync($"/v1/invoices?month={month}&operator={code}", cancel))
            {
                await DemoInvoiceLine.WriteAsync(output, portal, invoice["id"]!.ToString(), cancel);
                days.Add(invoice["published_on"]!.ToString());
            }
        }

        await output.WriteLineAsync(days.Count == 0
            ? "  none: there is nothing to invoice"
            : IsLater(days.Min!)
                ? $"Administrators see them from {string.Join(" or ", days)} on: ./dev run --now {days.Min}T00:00:00{Offset(days.Min!)} goes on there"
                : $"Administrators see them, too: they were published on {string.Join(" and ", days)}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var portal in _staff.Values)
        {
            portal.Dispose();
        }
    }

    private async Task WatchAsync(CreditMonth last, IReadOnlyDictionary<string, CreditMonth> firsts, CancellationToken cancel)
    {
        var (began, until) = (clock.Now, clock.Now + Bound);
        // The control plane, which was started after the program, has not watched the clocks for long enough.
        var isNew = began - clock.Began < Limits.ClockSteadyTime;
        var (seen, asked) = (new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var open = firsts.ToDictionary(one => one.Key, one => one.Value < last ? one.Value : last, StringComparer.Ordinal);
        while (open.Count > 0 && clock.Now < until)
        {
            foreach (var (code, month) in open.ToList())
            {
                var runs = await _staff[code].ListAsync($"/v1/month-ends?operator={code}", cancel);
                var run = runs.FirstOrDefault(one => one["month"]?.ToString() == month.ToString() && one["state"]!.ToString() != "reopened");
                var isOver = run is not null && await TellAsync(code, run, _staff[code], seen, cancel);
                if (run is null ? isNew || clock.Now - began >= BeginsBy : IsNotClosed(run) && isOver)
                {
                    await AskAsync(code, month, isWaiting: run is not null, asked, cancel);
                }
                else if (isOver && month == last)
                {
                    open.Remove(code);
                }
                else if (isOver)
                {
                    open[code] = month.Next;
                }
            }

            await Task.Delay(Poll, cancel);
        }

        foreach (var code in open.Keys)
        {
            await output.WriteLineAsync($"  {NameOf(code),-24}is not done after {Bound.TotalSeconds:0} s: docs/operate/symptoms.md, The month end");
        }
    }

    // A clock that is set, as the demo's is, closes nothing by itself: a person must confirm that it is right.
    private async Task AskAsync(string code, CreditMonth month, bool isWaiting, HashSet<string> asked, CancellationToken cancel)
    {
        if (asked.Add(code + month))
        {
            var why = isWaiting ? "" : ", as the clocks have been watched for less than a minute";
            await output.WriteLineAsync(DemoLine.At(
                clock.Now, $"  {NameOf(code),-24}staff ask for {month}: POST /v1/month-ends{why}"));
            await _staff[code].AskForMonthAsync(code, month.ToString(), cancel);
        }
    }

    private static bool IsNotClosed(JsonNode run) => run["closed_at"] is null && run["state"]!.ToString() == "waiting";

    /// <summary>Writes a line if the month end has advanced; true when there is nothing more to show.</summary>
    private async Task<bool> TellAsync(
        string code, JsonNode run, DemoPortal portal, Dictionary<string, string> seen, CancellationToken cancel)
    {
        var (state, step) = (run["state"]!.ToString(), run["step"]!.ToString());
        var isOver = state is "done" or "waiting";
        var now = $"{run["month"]} {state} {step}";
        if (seen.GetValueOrDefault(code) == now)
        {
            return isOver;
        }

        seen[code] = now;
        var words = state switch
        {
            "done" => string.Create(
                CultureInfo.InvariantCulture,
                $"done: closed {ClosedAt(run)}, statements {run["statements"]}, rows sealed {run["sealed_rows"]}, accounts checked {run["accounts_checked"]}, cached copies {run["snapshots_checked"]}, differences {run["differences"]}, invoices made {run["invoices"]}"),
            "waiting" => $"waits at {step.Replace('_', ' ')}",
            _ => step.Replace('_', ' '),
        };
        await output.WriteLineAsync(DemoLine.At(clock.Now, $"  {NameOf(code),-24}{words}"));
        if (isOver && (state == "waiting" || run["differences"]!.GetValue<int>() > 0))
        {
            var whole = await portal.GetAsync($"/v1/month-ends/{run["id"]}", cancel);
            foreach (var finding in whole["findings"]!.AsArray())
            {
                await output.WriteLineAsync(
                    $"    {finding!["kind"]} at {finding["subject"]}: expected {finding["expected"]}, found {finding["found"]}");
            }
        }

        return isOver;
    }

    private static string NameOf(string code) => OperatorProfile.Of(code).Terms.Name;

    private static string ClosedAt(JsonNode run) =>
        DemoClock.Local(run["closed_at"]!.GetValue<DateTimeOffset>()).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private bool IsLater(string day) => DateOnly.Parse(day, CultureInfo.InvariantCulture) > clock.Today;

    private static string Offset(string day)
    {
        var offset = DemoClock.Zone.GetUtcOffset(DateTime.Parse(day, CultureInfo.InvariantCulture));
        return string.Create(CultureInfo.InvariantCulture, $"+{offset:hh\\:mm}");
    }
}
