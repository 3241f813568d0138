using Authorisation.Provisioning;
using Authorisation.Standalone.Demo;
using Dapper;
using Npgsql;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Creates the demo's operators with their clients, apps and cards, once. What was created, tokens included, is kept
/// beside the database, because the database has only the tokens' hashes.
/// </summary>
internal sealed class DemoDataStep(DatabaseStep database, RunDirectory directory) : IStartStep
{
    private const string KeptName = "demo-data.json";

    /// <inheritdoc/>
    public string Doing => "Looking after the demo's operators";

    /// <summary>What can be called at each operator; set when the step has run.</summary>
    public IReadOnlyDictionary<string, DemoOperator> Operators { get; private set; } =
        new Dictionary<string, DemoOperator>(StringComparer.Ordinal);

    /// <summary>Where new travellers of each operator belong, by its code; set when the step has run.</summary>
    public IReadOnlyDictionary<string, DemoPlace> Places { get; private set; } =
        new Dictionary<string, DemoPlace>(StringComparer.Ordinal);

    /// <summary>
    /// The operators and months, as yyyymm, whose month end earlier runs have done; set when the step has run.
    /// </summary>
    public IReadOnlySet<(string Code, int Month)> DoneBefore { get; private set; } = new HashSet<(string, int)>();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await LookAfterOperatorsAsync(owner, cancel);
        var people = new DemoPeople(owner);
        var invoicing = new DemoInvoicing(owner);
        var products = new DemoProducts(owner);
        var places = new Dictionary<string, DemoPlace>(StringComparer.Ordinal);
        foreach (var code in Operators.Keys)
        {
            places[code] = await people.PlaceAsync(code);
            await invoicing.SetAsync(code, places[code]);
            await products.SetAsync(OperatorProfile.Of(code), places[code]);
        }

        Places = places;
        await using var db = await owner.OpenConnectionAsync(cancel);
        DoneBefore = (await db.QueryAsync<(string, int)>(
            """
            select o.code, t.month
            from billing.month_end t join operator o on o.id = t.operator_id
            where t.month is not null and t.state = 2
            """)).ToHashSet();
    }

    private async Task LookAfterOperatorsAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        var path = directory.PathOf(KeptName);
        if (DemoFile.Read(path) is { } kept && await IsInDatabaseAsync(owner, kept, cancel))
        {
            Operators = kept.Operators;
            return;
        }

        var data = new DemoData(new Provisioner(owner));
        var people = new DemoPeople(owner);
        var created = new Dictionary<string, DemoOperator>(StringComparer.Ordinal);
        foreach (var profile in OperatorProfile.All)
        {
            cancel.ThrowIfCancellationRequested();
            var (made, place) = await data.CreateAsync(profile);
            created[profile.Terms.Code] = made with
            {
                Administrators = await people.CreateAsync(profile, place),
                Traveller = await people.AddTravellerAsync(profile, made.App),
            };
        }

        Operators = created;
        new DemoFile(Grpc: "", Admin: "", created).Write(path);
    }

    private static async Task<bool> IsInDatabaseAsync(
        NpgsqlDataSource owner, DemoFile kept, CancellationToken cancel)
    {
        var ids = kept.Operators.Values.Select(one => one.App.AppAccountId).ToArray();
        await using var connection = await owner.OpenConnectionAsync(cancel);
        var found = await connection.ExecuteScalarAsync<int>(
            "select count(*) from credit_account where id = any (@ids)", new { ids });
        return ids.Length == OperatorProfile.All.Count && found == ids.Length
            && kept.Operators.Values.All(one => one is { Administrators: not null, Traveller: not null, TicketSystemToken: not null });
    }
}
