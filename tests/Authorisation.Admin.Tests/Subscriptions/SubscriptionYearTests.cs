using Authorisation.Admin.Tests.Support;
using Authorisation.Core;
using Authorisation.Testing.Ledger;
using Npgsql;
using Xunit;

namespace Authorisation.Admin.Tests.Subscriptions;

/// <summary>
/// A year of random orders, changes, ends and price changes against a book that knows the rule alone, while the sessions
/// that begin the months are killed: each begun month is charged once, whole, at the price of its 1st, to the øre.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class SubscriptionYearTests(SharedLedger shared) : IClassFixture<SharedLedger>
{
    private const int Months = 12;
    private const int StepsOfMonth = 12;
    private const int KillsOfMonth = 3;
    private const int Seed = 1_604;

    private readonly Random _random = new(Seed);
    private readonly List<Held> _held = [];
    private readonly Dictionary<string, List<(DateOnly From, long Minor)>> _prices = new(StringComparer.Ordinal);

    [Fact]
    public async Task Every_month_comes_to_what_the_book_says()
    {
        await using var scene = await SubscriptionScene.BeginAsync(shared);
        await scene.SetAsync(employerPercent: 30);
        foreach (var (code, price) in new[] { ("zone-1", 79_000L), ("zone-2", 99_900L), ("zone-3", 123_456L) })
        {
            await scene.AddProductAsync(code, price);
            _prices[code] = [(new DateOnly(2026, 8, 10), price)];
        }

        var month = CreditMonth.FromNumber(2026_08);
        for (var i = 0; i < Months; i++, month = month.Next)
        {
            for (var step = 0; step < StepsOfMonth; step++)
            {
                await StepAsync(scene, month);
            }

            // Sometimes nobody works at the month's beginning, and it is made up for later.
            await scene.SetClockAsync(month.Next, TimeSpan.FromHours(_random.Next(4) == 0 ? 30 : 0));
            await BeginMonthsAsync(scene);
            if (i > 0)
            {
                await scene.SetClockAsync(month.Next, TimeSpan.FromDays(9));
                await new ClosedMonth(scene.Operator, month).MonthEndAsync();
                await CheckAsync(scene, month);
            }
        }

        Assert.True(_held.Count > 40 && _held.Exists(one => one.Products.Count > 1) && _held.Exists(one => one.Last < one.First), "too little happened");
    }

    private async Task StepAsync(SubscriptionScene scene, CreditMonth month)
    {
        await scene.SetClockAsync(month, TimeSpan.FromDays(10 + _random.Next(17)) + TimeSpan.FromMinutes(_random.Next(1_440)));
        var live = _held.Where(one => one.Last is null).ToList();
        switch (live.Count == 0 ? 0 : _random.Next(8))
        {
            case 0 or 1 or 2 or 3:
                var product = Any(_prices.Keys);
                _held.Add(new Held((await scene.AddAsync(product)).Is(201).Id, month.Next, [(month.Next, product)]));
                break;
            case 4 or 5:
                var ended = Any(live);
                (await scene.Administrator.PostAsync($"/v1/subscriptions/{ended.Id}/end")).Is(200);
                // One that has not begun never does.
                ended.Last = month;
                break;
            case 6:
                await ChangeAsync(scene, Any(live), month);
                break;
            default:
                var (code, today) = (Any(_prices.Keys), DateOnly.ParseExact(await scene.Operator.TodayAsync(), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
                var (from, price) = (today.AddDays(_random.Next(1, 40)), _random.Next(50_000, 150_000));
                await scene.AddPriceAsync(code, price, from.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
                _prices[code].Add((from, price));
                break;
        }
    }

    private async Task ChangeAsync(SubscriptionScene scene, Held held, CreditMonth month)
    {
        var product = Any(_prices.Keys);
        (await scene.Administrator.PutAsync($"/v1/subscriptions/{held.Id}/product", new { product })).Is(200);
        var from = CreditMonth.Later(held.First, month.Next);
        held.Products.RemoveAll(one => one.From == from);
        held.Products.Add((from, product));
    }

    // Killed at random, and run again until it came through; then once more, which finds nothing to do.
    private async Task BeginMonthsAsync(SubscriptionScene scene)
    {
        for (var kill = 0; ; kill++)
        {
            var name = "months " + Guid.NewGuid().ToString("N");
            var work = scene.BeginMonthsAsync(name);
            if (kill < KillsOfMonth)
            {
                await Task.Delay(_random.Next(1, 60));
                await using var superuser = await scene.Ledger.OpenSessionAsync(scene.Ledger.SuperuserConnectionString);
                await using var end = new NpgsqlCommand(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", superuser)
                {
                    Parameters = { new() { Value = name } },
                };
                await end.ExecuteNonQueryAsync();
            }

            try
            {
                await work;
                if (kill >= KillsOfMonth)
                {
                    break;
                }
            }
            catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or InvalidOperationException)
            {
                // It died; the next goes on.
            }
        }

        await Task.WhenAll(scene.BeginMonthsAsync(), scene.BeginMonthsAsync());
    }

    private async Task CheckAsync(SubscriptionScene scene, CreditMonth month)
    {
        var expected = _held.Where(one => one.First <= month && (one.Last is not { } last || last >= month))
            .Select(one => PriceOf(one.Products.Where(part => part.From <= month).MaxBy(part => part.From).Product, month)).ToList();
        var charged = await scene.ChargedAsync(month);
        Assert.Equal((month, expected.Sum()), (month, charged));
        Assert.Equal(expected.Sum(price => price - (((price * 30) + 50) / 100)), await scene.Ledger.AskAsync<long>(
            "select coalesce(sum(deduction_minor), 0)::bigint from billing.payroll_deduction where month = @Number", new { month.Number }));
        var invoices = (await scene.Administrator.GetAsync($"/v1/invoices?organisation_id={scene.Customer.Id}&month={month}")).Is(200).Items;
        Assert.Equal(charged, invoices.Sum(invoice => (long)(System.Text.Json.Nodes.JsonNode)invoice["total_minor"]!));
    }

    private long PriceOf(string product, CreditMonth month)
    {
        var first = new DateOnly(month.Number / 100, month.Number % 100, 1);
        // Of several from one day, the one that was added last.
        return _prices[product].Select((one, place) => (one.From, one.Minor, place)).Where(one => one.From <= first)
            .OrderBy(one => one.From).ThenBy(one => one.place).Last().Minor;
    }

    private T Any<T>(IEnumerable<T> from) => from.ElementAt(_random.Next(from.Count()));

    private sealed record Held(Guid Id, CreditMonth First, List<(CreditMonth From, string Product)> Products)
    {
        public CreditMonth? Last { get; set; }
    }
}
