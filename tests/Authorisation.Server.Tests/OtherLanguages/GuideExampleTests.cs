using System.Text.Json;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>The examples of docs/integrate/grpc.md buy a ticket, as they stand there.</summary>
[Trait("Tier", "Slow")]
public sealed class GuideExampleTests(SharedWire wire) : WireTest(wire)
{
    private const long LimitMinor = 100_000;
    private static readonly string Proto = Path.Combine(AppContext.BaseDirectory, "proto");
    private static readonly string Here = Path.Combine(Checkout.Root, "tests/Authorisation.Server.Tests/OtherLanguages");

    [Theory]
    [InlineData("csharp", "Buy.cs")]
    [InlineData("python", "buy.py")]
    [InlineData("js", "node/buy.js")]
    public void The_guide_shows_the_example_that_is_tested(string language, string file)
    {
        var guide = File.ReadAllText(Path.Combine(Checkout.Root, "docs/integrate/grpc.md"));
        Assert.Contains($"```{language}\n{File.ReadAllText(Path.Combine(Here, file))}```\n", guide, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_in_CSharp_buys() =>
        Assert.StartsWith("Approved 95800 left in 2", await Example.Buy.RunAsync(await DemoFileAsync()), StringComparison.Ordinal);

    [PythonFact]
    public async Task The_example_in_Python_buys()
    {
        var modules = TestDirectory.NewPath("python");
        Directory.CreateDirectory(modules);
        await PythonTests.RunAsync(
            "protoc", input: "", ["-I", Proto, "--python_out", modules, "authorisation/v1/authorisation.proto"]);

        var output = await PythonTests.RunAsync(
            "env",
            input: "",
            ["PYTHONPATH=" + modules, PythonFactAttribute.Python, Path.Combine(Here, "buy.py"), await DemoFileAsync()]);

        Assert.StartsWith("DECISION_APPROVED 95800 left in 2", output, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task The_example_in_Node_buys()
    {
        await NodeTests.InstallAsync();

        var output = await PythonTests.RunAsync(
            "node", input: "", [Path.Combine(Here, "node/buy.js"), await DemoFileAsync(), Proto]);

        Assert.StartsWith("DECISION_APPROVED 95800 left in 2", output, StringComparison.Ordinal);
    }

    // What the examples read of the demo's file, for an operator of the test's own.
    private async Task<string> DemoFileAsync()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(LimitMinor);
        var file = TestDirectory.NewPath("demo") + ".json";
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            grpc = Server.Address.ToString(),
            operators = new
            {
                jamtland = new
                {
                    currency = on.Terms.Currency,
                    validator_token = on.ValidatorToken,
                    card = new { card_number = card.CardNumber },
                },
            },
        }));
        return file;
    }
}
