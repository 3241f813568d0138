using System.Text.Json.Nodes;

namespace Authorisation.LoadTests.Results;

/// <summary>What a server and a control plane cost that nobody calls.</summary>
internal sealed class IdleResult : IScenarioResult
{
    private const int Digits = 2;
    private const double Percent = 100;

    private readonly List<double> _servers = [];
    private readonly List<double> _admins = [];
    private readonly List<double> _stores = [];
    private readonly List<double> _transactions = [];

    /// <summary>Adds a repetition: the share of one processor that each took, and transactions of Postgres a second.</summary>
    public void Add(double server, double admin, double stores, double transactions)
    {
        _servers.Add(server * Percent);
        _admins.Add(admin * Percent);
        _stores.Add(stores * Percent);
        _transactions.Add(transactions);
    }

    /// <inheritdoc/>
    public JsonNode ToJson() => new JsonObject
    {
        ["server_processor_percent"] = Median(_servers),
        ["admin_processor_percent"] = Median(_admins),
        ["stores_processor_percent"] = Median(_stores),
        ["transactions_per_second"] = Median(_transactions),
    };

    /// <inheritdoc/>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"idle: a server and a control plane that nobody calls, {_servers.Count} times");
        output.WriteLine(
            $"  of a processor, server {Text(_servers)} %, control plane {Text(_admins)} %  goal ≤ 1 together; databases {Text(_stores)} %");
        output.WriteLine($"  transactions of Postgres a second {Text(_transactions)}  goal ≤ 5");
    }

    private static double Median(List<double> values) => Math.Round((Spread.Of(values) ?? default).Median, Digits);

    private static string Text(List<double> values) => (Spread.Of(values) ?? default).ToText();
}
