using Authorisation.Core;

namespace Authorisation.Ledger.Tests.Operations;

/// <summary>
/// The life of purchases once more, as plainly as it can be told and without a line of the real rule: each purchase keeps
/// what is held and what is taken, and what an account has spent is added up afresh each time. One operator in Stockholm,
/// one validator that sells, one console that refunds.
/// </summary>
internal sealed class NaiveBook(TimeSpan holdTime)
{
    private readonly Dictionary<Guid, Sale> _sales = [];
    private readonly Dictionary<Guid, (OperationKind Kind, Guid Sale, long? Amount)> _operations = [];

    public Dictionary<Instrument, long> Limits { get; } = [];

    public DateTimeOffset Now { get; set; }

    /// <summary>What is spent and held on a card in the month that it is.</summary>
    public (long Spent, long Held) Balance(Instrument card)
    {
        Lapse();
        var sales = _sales.Values.Where(sale => sale.Card == card && sale.Month == Month(Now)).ToList();
        return (sales.Sum(sale => sale.Held + sale.Counts), sales.Sum(sale => sale.Held));
    }

    public string Buy(Purchase purchase)
    {
        Lapse();
        if (_sales.TryGetValue(purchase.Id, out var seen))
        {
            return seen is { State: "mark" } or { WasVoided: true, WasApproved: true } ? "again Declined Reversed"
                : seen.WasApproved ? "again Approved" : "again Declined InsufficientCredit";
        }

        var left = Limits[purchase.Instrument] - Balance(purchase.Instrument).Spent;
        var approved = purchase.AmountMinor <= left;
        _sales[purchase.Id] = new Sale
        {
            Card = purchase.Instrument,
            Amount = purchase.AmountMinor,
            Month = Month(Now),
            SoldAt = Now,
            WasApproved = approved,
            State = !approved ? "Declined" : purchase.Hold ? "Held" : "Captured",
            Held = approved && purchase.Hold ? purchase.AmountMinor : 0,
            Taken = approved && !purchase.Hold ? purchase.AmountMinor : 0,
            Counts = approved && !purchase.Hold ? purchase.AmountMinor : 0,
            LapsesAt = Now + holdTime,
        };
        return approved ? "Approved" : "Declined InsufficientCredit";
    }

    public string Do(Operation operation)
    {
        Lapse();
        if (_operations.TryGetValue(operation.Id, out var first))
        {
            return first == (operation.Kind, operation.AuthorisationId, operation.AmountMinor) ? $"again {StateOf(first.Sale)}" : "differs";
        }

        var told = operation.Kind switch
        {
            OperationKind.Capture => Capture(operation),
            OperationKind.Void => Void(operation),
            _ => Refund(operation),
        };
        if (char.IsUpper(told[0]))
        {
            _operations[operation.Id] = (operation.Kind, operation.AuthorisationId, operation.AmountMinor);
        }

        return told;
    }

    public string Advise(Advice advice)
    {
        Lapse();
        var purchase = advice.Purchase;
        var at = purchase.OccurredAt!.Value < Now ? purchase.OccurredAt.Value : Now;
        if (!_sales.TryGetValue(purchase.Id, out var sale))
        {
            var over = SpentIn(purchase.Instrument, Month(at)) + purchase.AmountMinor > Limits[purchase.Instrument];
            _sales[purchase.Id] = new Sale
            {
                Card = purchase.Instrument,
                Amount = purchase.AmountMinor,
                Month = Month(at),
                SoldAt = Now,
                WasApproved = true,
                State = "Captured",
                Taken = purchase.AmountMinor,
                Counts = purchase.AmountMinor,
                Advice = over,
            };
            return over ? "Captured over" : "Captured";
        }

        if (sale.Advice is { } told)
        {
            return told ? "again over" : "again";
        }

        if (sale.WasVoided)
        {
            return "no AlreadyVoided";
        }

        switch (sale.State)
        {
            case "Held":
                (sale.State, sale.Taken, sale.Counts, sale.Held) = ("Captured", sale.Held, sale.Held, 0);
                break;
            case "Expired" or "Declined":
                sale.Month = sale.State == "Declined" ? Month(at) : sale.Month;
                sale.Advice = SpentIn(sale.Card, sale.Month) + sale.Amount > Limits[sale.Card];
                (sale.State, sale.Taken, sale.Counts) = ("Captured", sale.Amount, sale.Amount);
                return sale.Advice.Value ? "Captured over" : "Captured";
        }

        sale.Advice = false;
        return sale.State;
    }

    private string Capture(Operation operation)
    {
        if (!_sales.TryGetValue(operation.AuthorisationId, out var sale))
        {
            return "unknown";
        }

        if (sale.State != "Held")
        {
            return sale.State switch
            {
                "Declined" => "no AuthorisationDeclined",
                "Expired" => "no HoldExpired",
                "Voided" or "mark" => "no AlreadyVoided",
                _ => "no AlreadyCaptured",
            };
        }

        var amount = operation.AmountMinor ?? sale.Held;
        if (amount > sale.Held)
        {
            return "no AmountOverHeld";
        }

        (sale.State, sale.Taken, sale.Counts, sale.Held) = ("Captured", amount, amount, 0);
        return sale.State;
    }

    private string Void(Operation operation)
    {
        if (!_sales.TryGetValue(operation.AuthorisationId, out var sale))
        {
            _sales[operation.AuthorisationId] = new Sale { State = "mark", SoldAt = Now, WasVoided = true };
            return "Voided";
        }

        if (sale.State == "Refunded")
        {
            return "no AlreadyRefunded";
        }

        sale.WasVoided = true;
        if (sale.State is "Held" or "Captured")
        {
            (sale.State, sale.Taken, sale.Counts, sale.Held) = ("Voided", 0, 0, 0);
        }

        return sale.State == "mark" ? "Voided" : sale.State;
    }

    private string Refund(Operation operation)
    {
        if (!_sales.TryGetValue(operation.AuthorisationId, out var sale))
        {
            return "unknown";
        }

        if (sale.State == "mark" || Day(sale.SoldAt) != Day(Now))
        {
            return "not allowed";
        }

        if (sale.State != "Captured")
        {
            return sale.State switch
            {
                "Declined" => "no AuthorisationDeclined",
                "Held" => "no NotCaptured",
                "Expired" => "no HoldExpired",
                "Voided" => "no AlreadyVoided",
                _ => "no AlreadyRefunded",
            };
        }

        var amount = operation.AmountMinor ?? sale.Taken;
        if (amount > sale.Taken)
        {
            return "no AmountOverRemaining";
        }

        sale.Taken -= amount;
        sale.Counts -= sale.Month == Month(Now) ? amount : 0;
        sale.State = sale.Taken == 0 ? "Refunded" : "Captured";
        return sale.State;
    }

    private long SpentIn(Instrument card, int month) =>
        _sales.Values.Where(sale => sale.Card == card && sale.Month == month).Sum(sale => sale.Held + sale.Counts);

    private string StateOf(Guid id) => _sales[id].State == "mark" ? "Voided" : _sales[id].State;

    private void Lapse()
    {
        foreach (var sale in _sales.Values.Where(sale => sale.State == "Held" && sale.LapsesAt <= Now))
        {
            (sale.State, sale.Held) = ("Expired", 0);
        }
    }

    // Winter only: an hour ahead of Greenwich.
    private static int Month(DateTimeOffset at) => (at.UtcDateTime.AddHours(1).Year * 100) + at.UtcDateTime.AddHours(1).Month;

    private static DateTime Day(DateTimeOffset at) => at.UtcDateTime.AddHours(1).Date;

    private sealed class Sale
    {
        public Instrument Card { get; init; }

        public long Amount { get; init; }

        public int Month { get; set; }

        public DateTimeOffset SoldAt { get; init; }

        public bool WasApproved { get; init; }

        public bool WasVoided { get; set; }

        public string State { get; set; } = "";

        public long Held { get; set; }

        /// <summary>Taken and not given back.</summary>
        public long Taken { get; set; }

        /// <summary>What of the limit of its month it uses up besides what is held.</summary>
        public long Counts { get; set; }

        public DateTimeOffset LapsesAt { get; init; }

        public bool? Advice { get; set; }
    }
}
