using Authorisation.Ledger.Provisioning;
using Authorisation.Standalone.Demo;
using Npgsql;

namespace Authorisation.Standalone.Start;

/// <summary>Makes the demo's calls over gRPC, shows them, and then tells scripts that all is ready.</summary>
internal sealed class DemoCallsStep(
    DatabaseStep database, DemoDataStep data, ServerStep server, AdminStep admin, RunDirectory directory, TextWriter output) : IStartStep
{
    private const string FileName = "demo.json";

    // Longer than the numbers that the demo gives out.
    private const string UnknownCard = "99990000111122";

    /// <summary>Says what follows by itself.</summary>
    public string? Doing => null;

    /// <summary>How many calls were answered otherwise than the story expects.</summary>
    public int Surprises { get; private set; }

    private string FilePath => directory.PathOf(FileName);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        File.Delete(FilePath);
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        var story = new DemoStory(
            new DemoData(new Provisioner(owner)), data.Operators, server.Address, admin.Address, admin.Messages, output);
        Surprises = await story.TellAsync(cancel);
        new DemoFile(
            server.Address.GetLeftPart(UriPartial.Authority),
            admin.Address.GetLeftPart(UriPartial.Authority),
            data.Operators.ToDictionary(one => one.Key, one => Described(one.Key, one.Value), StringComparer.Ordinal),
            database.ServiceConnectionString).Write(FilePath);
        await output.WriteLineAsync($"The control plane is at {admin.Address}, and described at {new Uri(admin.Address, "openapi/v1.json")}");
        await output.WriteLineAsync($"Tokens, people and accounts to try it with are in {FilePath}");
    }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        // A file that is there says that the demo is up.
        File.Delete(FilePath);
        return Task.CompletedTask;
    }

    private static DemoOperator Described(string code, DemoOperator described)
    {
        var terms = OperatorProfile.All.First(one => one.Terms.Code == code).Terms;
        return described with
        {
            HoldSeconds = (int)terms.HoldTime.TotalSeconds,
            TimeZone = terms.TimeZone,
            UnknownCard = described.Card is null ? null : UnknownCard,
        };
    }
}
