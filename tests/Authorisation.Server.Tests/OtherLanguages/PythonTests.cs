using System.Diagnostics;
using System.Text.Json;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>The contract as another language reads it, from proto/ alone.</summary>
[Trait("Tier", "Slow")]
public sealed class PythonTests(SharedWire wire) : WireTest(wire)
{
    private static readonly string Proto = Path.Combine(AppContext.BaseDirectory, "proto");

    [PythonFact]
    public async Task A_client_made_of_the_contract_buys_reads_and_understands_errors()
    {
        var modules = TestDirectory.NewPath("python");
        Directory.CreateDirectory(modules);
        await RunAsync(
            "protoc",
            input: "",
            ["-I", Proto, "--python_out", modules, "authorisation/v1/authorisation.proto", "authorisation/v1/offline.proto", "google/rpc/status.proto", "google/rpc/error_details.proto"]);
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(50_000);
        await on.SetGivenAsync(card, DateTimeOffset.UtcNow.AddDays(-1));
        var input = JsonSerializer.Serialize(new
        {
            token = on.ValidatorToken,
            id = Guid.CreateVersion7(),
            card = card.CardNumber,
        });

        var output = await RunAsync(
            PythonFactAttribute.Python,
            input,
            [Path.Combine(AppContext.BaseDirectory, "OtherLanguages", "smoke.py"), modules, Server.Address.Authority]);

        using var answer = JsonDocument.Parse(output);
        var root = answer.RootElement;
        Assert.Equal("DECISION_APPROVED", root.GetProperty("decision").GetString());
        Assert.Equal("[false, true]", root.GetProperty("replayed").GetRawText());
        Assert.Equal(46_100, root.GetProperty("remaining").GetInt64());
        Assert.Equal("AUTHORISATION_STATE_CAPTURED", root.GetProperty("state").GetString());
        Assert.Equal("Åre", root.GetProperty("purpose").GetString());
        var error = root.GetProperty("error");
        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("code").GetString());
        Assert.Equal("authorisation.v1", error.GetProperty("domain").GetString());
        Assert.Equal("INVALID_FIELDS", error.GetProperty("reason").GetString());
        Assert.Equal(
            "amount_minor,authorisation_id,currency,instrument",
            string.Join(',', error.GetProperty("fields").EnumerateArray().Select(field => field.GetString()).Order(StringComparer.Ordinal)));
        const string Captured = """["AUTHORISATION_STATE_CAPTURED", 700, """;
        Assert.Equal($"[{Captured}false], {Captured}true]]", root.GetProperty("captured").GetRawText());
        Assert.Equal("ALREADY_CAPTURED", root.GetProperty("refused").GetProperty("reason").GetString());
        Assert.Equal("AUTHORISATION_STATE_VOIDED", root.GetProperty("voided").GetString());
        Assert.Equal(
            """["AUTHORISATION_STATE_VOIDED", "AUTHORISATION_STATE_CAPTURED"]""", root.GetProperty("listed").GetRawText());
        Assert.Equal(
            """[[0, true, false, ""], [1, false, false, "INVALID_FIELDS"], [2, true, true, ""]]""",
            root.GetProperty("advised").GetRawText());
        Assert.Contains("authorisation_id", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    internal static async Task<string> RunAsync(string program, string input, string[] arguments, TimeSpan? bound = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(bound ?? (Eventually.Bound * 2));
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}
