using System.Text.Json;

namespace Authorisation.TicketSystem;

/// <summary>A ticket that the system has, as it shows it: no name and no number of a person.</summary>
/// <param name="Operator">The operator's code.</param>
/// <param name="TicketId">Its id.</param>
/// <param name="Product">What it is.</param>
/// <param name="State">What was last done to it.</param>
internal sealed record HeldTicket(string Operator, string TicketId, string Product, string State);

/// <summary>A month of a subscription that is to be valid.</summary>
/// <param name="Operator">The operator's code.</param>
/// <param name="SubscriptionId">The subscription.</param>
/// <param name="Month">YYYY-MM.</param>
/// <param name="Product">What it is.</param>
/// <param name="ValidFrom">Its first day.</param>
/// <param name="AskedAt">When it was asked for, by the demo's clock.</param>
internal sealed record HeldMonth(
    string Operator, string SubscriptionId, string Month, string Product, string ValidFrom, DateTimeOffset AskedAt);

/// <summary>
/// Takes orders: delivers each ticket at once, activates it a moment later, and uses single tickets up a moment after
/// that. Tickets of products that it has withdrawn it cannot deliver. An event that is repeated is taken once.
/// </summary>
/// <remarks>Safe for several requests: what it holds is changed under one lock. Reports are sent outside it, a task a ticket.</remarks>
internal sealed class TicketDesk(
    IReadOnlyDictionary<string, OperatorAccount> operators, TicketReports reports, TimeProvider clock, TextWriter output)
    : IAsyncDisposable
{
    /// <summary>What the code of a product begins with that cannot be delivered.</summary>
    public const string Withdrawn = "withdrawn-";

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LimitedMap<string, bool> _taken = new(Bounds.EventsKept);
    private readonly LimitedMap<string, HeldTicket> _tickets = new(Bounds.Shown);
    private readonly LimitedMap<string, HeldMonth> _months = new(Bounds.Shown);
    private readonly HashSet<Task> _reporting = [];

    /// <summary>The tickets that it has, the oldest first.</summary>
    public IReadOnlyList<HeldTicket> Tickets
    {
        get
        {
            lock (_lock)
            {
                return [.. _tickets.Values];
            }
        }
    }

    /// <summary>The months of subscriptions that are to be valid, the oldest first.</summary>
    public IReadOnlyList<HeldMonth> SubscriptionMonths
    {
        get
        {
            lock (_lock)
            {
                return [.. _months.Values];
            }
        }
    }

    /// <summary>Takes an event whose signature was checked.</summary>
    public void Take(string code, string eventId, JsonElement sent)
    {
        var (type, subject, data) = (
            sent.GetProperty("type").GetString()!, sent.GetProperty("subject").GetString()!, sent.GetProperty("data"));
        lock (_lock)
        {
            if (_taken.Has(eventId))
            {
                return;
            }

            _taken.Set(eventId, true);
            switch (type)
            {
                case "ticket.ordered":
                    Order(new HeldTicket(code, subject, data.GetProperty("product").GetString()!, "ordered"));
                    break;
                case "ticket.bearer_changed" when _tickets.Find(subject) is { } moved:
                    Report(moved, "delivered");
                    break;
                case "ticket.ended" or "ticket.cancelled" when _tickets.Find(subject) is { } over:
                    _tickets.Set(subject, over with { State = type["ticket.".Length..] });
                    break;
                case "subscription.month_ordered":
                    _months.Set(MonthOf(subject, data), new HeldMonth(
                        code, subject, data.GetProperty("month").GetString()!, data.GetProperty("product").GetString()!,
                        data.GetProperty("valid_from").GetString()!, clock.GetUtcNow()));
                    break;
                case "subscription.month_withdrawn":
                    _months.Remove(MonthOf(subject, data));
                    break;
            }
        }

        output.WriteLine($"{code}: {type} of {subject}");
    }

    /// <summary>Gives reports that are on their way a little time.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (_lock)
        {
            left = [.. _reporting];
        }

        _stop.CancelAfter(Bounds.Stop);
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static string MonthOf(string subject, JsonElement data) => $"{subject}/{data.GetProperty("month").GetString()}";

    private void Order(HeldTicket ticket)
    {
        _tickets.Set(ticket.TicketId, ticket);
        if (ticket.Product.StartsWith(Withdrawn, StringComparison.Ordinal))
        {
            Report(ticket, "undeliverable");
        }
        else if (ticket.Product.StartsWith("single", StringComparison.Ordinal))
        {
            Report(ticket, "delivered", "activated", "used_up");
        }
        else
        {
            Report(ticket, "delivered", "activated");
        }
    }

    // Under the lock.
    private void Report(HeldTicket ticket, params string[] happenings)
    {
        _reporting.RemoveWhere(static one => one.IsCompleted);
        _reporting.Add(Task.Run(() => ReportAsync(ticket, happenings, _stop.Token)));
    }

    private async Task ReportAsync(HeldTicket ticket, string[] happenings, CancellationToken stop)
    {
        foreach (var happened in happenings)
        {
            var reason = happened == "undeliverable" ? "The product is not sold any more" : null;
            if (!await reports.SendAsync(
                operators[ticket.Operator].Token, ticket.TicketId, happened, clock.GetUtcNow(), reason, stop))
            {
                return;
            }

            lock (_lock)
            {
                if (_tickets.Find(ticket.TicketId) is { State: not ("ended" or "cancelled") } held)
                {
                    _tickets.Set(ticket.TicketId, held with { State = happened });
                }
            }

            await Task.Delay(Bounds.UseStep, stop);
        }
    }
}
