// Prepares what a load test needs beside the servers: a Postgres and a Redis of its own, the schema, many accounts; and
// looks afterwards whether the ledger adds up. Says what there is in one line of JSON, then answers each line of JSON
// that it is sent with one of its own; ends, and stops everything, when its input ends.
using System.Text.Json;
using Authorisation.LoadTests.Stage;

if (args is not [var directory, var accountsText] || !int.TryParse(accountsText, out var accounts) || accounts < 1)
{
    Console.Error.WriteLine("Say where and how many: DIRECTORY ACCOUNTS");
    return 2;
}

// Ctrl-C goes to the whole group; this program ends with its input, in order.
Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true;
try
{
    await using var stage = await StageServers.StartAsync(directory, accounts);
    Say(stage.Facts);
    while (await Console.In.ReadLineAsync() is { } line)
    {
        var order = JsonSerializer.Deserialize<StageOrder>(line) ?? throw new JsonException("An order is null.");
        Say(order.Do switch
        {
            "open" => await stage.OpenLedgerAsync(),
            "open-untriggered" => await stage.OpenLedgerAsync(notesCards: false),
            "open-double-entry" => await stage.OpenDoubleEntryAsync(),
            "open-growth" => await stage.OpenGrowthAsync(order.Rows),
            "open-failover" => await stage.OpenFailoverAsync(order.Accounts),
            "kill-primary" => await stage.KillPrimaryAsync(),
            "promote" => await stage.PromoteAsync(),
            "open-month-end" => await stage.OpenMonthEndAsync(order.Accounts),
            "change" => await StageBulk.ChangeAsync(stage.Ledger!, order.Change!),
            "clock" => await stage.SetClockAsync(order.Seconds),
            "turn" => await stage.MonthEndAsync(),
            "transactions" => await stage.CountTransactionsAsync(),
            "check" => await stage.CheckAsync(order.Answers!),
            "close" => await stage.CloseLedgerAsync(),
            _ => throw new JsonException($"\"{order.Do}\" is not an order."),
        });
    }

    return 0;
}
catch (Exception e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static void Say<T>(T what) => Console.WriteLine(JsonSerializer.Serialize(what));
