using Authorisation.Core;
using Authorisation.Standalone.Demo;
using Dapper;
using Npgsql;

namespace Authorisation.Standalone.Start;

/// <summary>Makes the demo's calls, shows them, and then signals scripts that all is ready.</summary>
internal sealed class DemoCallsStep(
    DatabaseStep database,
    DemoDataStep data,
    MidnightStep midnight,
    ServerStep server,
    AdminStep admin,
    TicketSystemStep ticketSystem,
    RunDirectory directory,
    DemoClock clock,
    TextWriter output) : IStartStep
{
    private const string FileName = "demo.json";

    // Longer than the numbers that the demo gives out.
    private const string UnknownCard = "99990000111122";

    /// <summary>What the story may take on a slow machine, and a few purchases before midnight.</summary>
    private static readonly TimeSpan StoryBound = TimeSpan.FromSeconds(45);

    /// <summary>What ordering a subscription may take there, and the purchases before midnight.</summary>
    private static readonly TimeSpan SubscriptionBound = TimeSpan.FromSeconds(25);

    /// <summary>Says what follows by itself.</summary>
    public string? Doing => null;

    /// <summary>How many calls were answered otherwise than the story expects.</summary>
    public int Surprises => midnight.Caller?.Surprises ?? 0;

    private Uri? _orderLink;

    private string FilePath => directory.PathOf(FileName);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        File.Delete(FilePath);
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await SayWhatIsClosedAsync(owner, cancel);
        var story = new DemoStory(
            midnight.Data, data.Operators, data.Places, midnight.Caller, midnight.Activations, admin.Address, admin.Messages, output);
        var tickets = new DemoTickets(data.Operators, data.Places, midnight.Caller, admin.Address, output);
        var offer = new DemoStaffOffer(data.Operators, data.Places, midnight.Caller, admin.Address, clock, output);
        using var subscription = new DemoSubscription(
            data.Operators, data.Places, midnight.Caller, admin.Address, admin.Messages, ticketSystem.Address, clock, output);
        _orderLink = await subscription.PrepareAsync(cancel);
        var isStoryFirst = !clock.IsNearMidnight || clock.Left >= StoryBound;
        var isSubscriptionFirst = isStoryFirst || clock.Left >= SubscriptionBound;
        if (isStoryFirst)
        {
            await story.TellAsync(cancel);
            await tickets.TellAsync(cancel);
            await offer.TellAsync(cancel);
        }

        if (isSubscriptionFirst)
        {
            await subscription.OrderAsync(_orderLink, cancel);
        }

        using var night = new DemoNight(admin.Address, data.Operators, clock, output);
        if (clock.IsNearMidnight)
        {
            await night.SignInAsync(cancel);
            await ShowMidnightAsync(cancel);
        }

        var isNightSeen = await ShowNightAsync(night, owner, cancel);
        await subscription.ShowBegunAsync(isNightSeen, cancel);
        if (!isStoryFirst)
        {
            await story.TellAsync(cancel);
            await tickets.TellAsync(cancel);
            await offer.TellAsync(cancel);
        }

        if (!isSubscriptionFirst)
        {
            await subscription.OrderAsync(_orderLink, cancel);
        }

        await new DemoPublication(admin.Address, data.Operators, FilePath, clock, output).ShowAsync(cancel);
        await WriteFileAsync(owner, cancel);
        await output.WriteLineAsync($"The control plane is at {admin.Address}, and described at {new Uri(admin.Address, "openapi/v1.json")}");
        await output.WriteLineAsync(
            $"The ticket system is at {ticketSystem.Address}, with what it holds at {new Uri(ticketSystem.Address, "tickets")}");
        await output.WriteLineAsync($"Metrics are at {server.Metrics} and {admin.Metrics}");
        await output.WriteLineAsync($"Tokens, people and accounts to try it with are in {FilePath}");
    }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        // The file's existence means that the demo is up.
        File.Delete(FilePath);
        return Task.CompletedTask;
    }

    private async Task ShowMidnightAsync(CancellationToken cancel)
    {
        await midnight.Midnight.ShowAsync(cancel);
        if (!midnight.Midnight.WasShown)
        {
            await output.WriteLineAsync(
                $"The start took so long that {clock.Month} ended meanwhile: there are no purchases before midnight to show");
        }
    }

    /// <summary>Shows the nights' work that is left of months that are over, or that there is none.</summary>
    /// <returns>Whether there was work where subscriptions are.</returns>
    private async Task<bool> ShowNightAsync(DemoNight night, NpgsqlDataSource owner, CancellationToken cancel)
    {
        var month = DemoClock.Before(clock.Current);
        await using var db = await owner.OpenConnectionAsync(cancel);
        var toClose = (await db.QueryAsync<(string Code, int? First)>(
            """
            select o.code,
                   case when o.first_open_month > 0 then o.first_open_month
                     else (select min(e.invoice_month) from authorisation e where e.operator_id = o.id) end
            from operator o
            where case
                when o.first_open_month > 0 then o.first_open_month <= @Number
                else exists (select from authorisation e where e.operator_id = o.id and e.invoice_month <= @Number)
              end
              or exists (select from billing.month_end t where t.operator_id = o.id and t.month = @Number and t.state <> 4)
            order by o.id
            """,
            new { month.Number }))
            .Where(one => data.Operators.ContainsKey(one.Code) && !data.DoneBefore.Contains((one.Code, month.Number)))
            .ToDictionary(one => one.Code, one => one.First is { } first ? CreditMonth.FromNumber(first) : month, StringComparer.Ordinal);
        if (toClose.Count > 0)
        {
            await night.ShowAsync(month, toClose, cancel);
            await night.ShowInvoicesAsync(month, cancel);
        }
        else if (clock.IsNearMidnight)
        {
            var isClosed = await db.ExecuteScalarAsync<bool>(
                "select exists (select from billing.month_end where month = @Number and closed_at is not null and state <> 4)", new { month.Number });
            await output.WriteLineAsync(isClosed
                ? $"{month} was closed by an earlier run with this data: a month is closed once"
                : $"Nothing was bought in {month}, so there is nothing to close");
            if (isClosed)
            {
                await night.ShowInvoicesAsync(month, cancel);
            }
        }

        return toClose.ContainsKey(DemoSubscription.Operator);
    }

    /// <summary>Says so when an earlier run, whose clock was ahead, has closed the month that it is now.</summary>
    private async Task SayWhatIsClosedAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        await using var db = await owner.OpenConnectionAsync(cancel);
        var open = await db.ExecuteScalarAsync<int>("select coalesce(max(first_open_month), 0) from operator");
        if (open > clock.Current.Number)
        {
            await output.WriteLineAsync(
                $"An earlier run whose clock was ahead has closed {clock.Current}: what is bought now takes from the limit of"
                + $" {clock.Current} and is on the invoice of {CreditMonth.FromNumber(open)}");
        }
    }

    private async Task WriteFileAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        await using var db = await owner.OpenConnectionAsync(cancel);
        var closed = (await db.QueryAsync<(string Code, int Month)>(
            """
            select o.code, max(t.month)
            from billing.month_end t join operator o on o.id = t.operator_id
            where t.closed_at is not null and t.state <> 4
            group by o.code
            """)).ToDictionary(one => one.Code, one => CreditMonth.FromNumber(one.Month).ToString(), StringComparer.Ordinal);
        new DemoFile(
            server.Address.GetLeftPart(UriPartial.Authority),
            admin.Address.GetLeftPart(UriPartial.Authority),
            data.Operators.ToDictionary(
                one => one.Key,
                one => Described(one.Key, one.Value) with { LastClosedMonth = closed.GetValueOrDefault(one.Key) },
                StringComparer.Ordinal),
            new DemoMetrics(server.Metrics, admin.Metrics),
            ticketSystem.Address,
            database.ServiceConnectionString).Write(FilePath);
    }

    private DemoOperator Described(string code, DemoOperator described)
    {
        var profile = OperatorProfile.Of(code);
        var terms = profile.Terms;
        return described with
        {
            HoldSeconds = (int)terms.HoldTime.TotalSeconds,
            TimeZone = terms.TimeZone,
            UnknownCard = described.Card is null ? null : UnknownCard,
            OrganisationId = data.Places[code].OrganisationId,
            Products = DemoProducts.Of(profile),
            OrderLink = code == DemoSubscription.Operator ? _orderLink : null,
        };
    }
}
