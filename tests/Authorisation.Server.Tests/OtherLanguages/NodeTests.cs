using System.Runtime.CompilerServices;
using System.Text.Json;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>The contract as grpc-js reads it, which has an HTTP/2 and a protobuf of its own.</summary>
[Trait("Tier", "Slow")]
public sealed class NodeTests(SharedWire wire) : WireTest(wire)
{
    private static readonly Lazy<Task<string>> Installed = new(InstallOnceAsync);

    [NodeFact]
    public async Task A_client_in_JavaScript_buys_streams_watches_and_understands_errors()
    {
        var directory = await InstallAsync();
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(50_000);
        var input = JsonSerializer.Serialize(new { token = on.ValidatorToken, card = card.CardNumber });
        var output = await PythonTests.RunAsync(
            "node",
            input,
            [Path.Combine(directory, "smoke.js"), Path.Combine(AppContext.BaseDirectory, "proto"), Server.Address.Authority]);

        using var answer = JsonDocument.Parse(output);
        var root = answer.RootElement;
        Assert.Equal(
            """[["DECISION_APPROVED",false],["DECISION_APPROVED",true]]""", root.GetProperty("decisions").GetRawText());
        Assert.Equal("DECISION_APPROVED", root.GetProperty("compressed").GetString());
        Assert.Equal(
            """{"code":"INVALID_ARGUMENT","reason":"INVALID_FIELDS","fields":["amount_minor","authorisation_id","currency","instrument"]}""",
            root.GetProperty("invalid").GetRawText());
        Assert.Equal("""{"code":"UNAUTHENTICATED","reason":"TOKEN_MISSING"}""", root.GetProperty("stranger").GetRawText());
        Assert.Equal(
            """[[0,"DECISION_APPROVED"],[1,"INVALID_FIELDS"],[2,"DECISION_APPROVED"]]""", root.GetProperty("streamed").GetRawText());
        Assert.Equal("OK", root.GetProperty("streamEnd").GetString());
        Assert.Equal("CANCELLED", root.GetProperty("cancelled").GetString());
        Assert.Equal("DEADLINE_EXCEEDED", root.GetProperty("late").GetString());
        Assert.True(root.GetProperty("watched").GetBoolean());
    }

    /// <summary>Installs what the programs need, once for all tests that run at the same time.</summary>
    /// <returns>Where they are.</returns>
    internal static Task<string> InstallAsync() => Installed.Value;

    private static async Task<string> InstallOnceAsync()
    {
        var directory = SourceDirectory();
        if (!Directory.Exists(Path.Combine(directory, "node_modules", "@grpc", "grpc-js")))
        {
            await PythonTests.RunAsync(
                "npm",
                input: "",
                ["ci", "--prefix", directory, "--ignore-scripts", "--no-audit", "--no-fund"],
                Eventually.ProcessBound * 2);
        }

        return directory;
    }

    private static string SourceDirectory([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "node");
}
