using System.Text.Json;
using Authorisation.Server.Tests.OtherLanguages;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Server.Tests.Streams;

/// <summary>A stream as another language sends and reads it.</summary>
[Trait("Tier", "Slow")]
public sealed class PythonStreamTests(SharedWire wire) : WireTest(wire)
{
    [PythonFact]
    public async Task A_client_of_another_language_streams()
    {
        const int Purchases = 1_000;
        var modules = TestDirectory.NewPath("python");
        Directory.CreateDirectory(modules);
        await PythonTests.RunAsync(
            "protoc",
            input: "",
            ["-I", Path.Combine(AppContext.BaseDirectory, "proto"), "--python_out", modules, "authorisation/v1/authorisation.proto"]);
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(limitMinor: 10_000_000);
        var input = JsonSerializer.Serialize(new { token = on.ValidatorToken, card = card.CardNumber, purchases = Purchases });

        var output = await PythonTests.RunAsync(
            PythonFactAttribute.Python,
            input,
            [Path.Combine(AppContext.BaseDirectory, "OtherLanguages", "stream.py"), modules, Server.Address.Authority]);

        using var answer = JsonDocument.Parse(output);
        var root = answer.RootElement;
        Assert.Equal("OK", root.GetProperty("code").GetString());
        Assert.Equal(Purchases + 1, root.GetProperty("answers").GetInt32());
        Assert.True(root.GetProperty("paired").GetBoolean());
        Assert.Equal((Purchases * 9 / 10) + 1, root.GetProperty("approved").GetInt32());
        Assert.Equal("""[[3, "INVALID_FIELDS", "amount_minor"]]""", root.GetProperty("errors").GetRawText());
        Assert.Equal("[false, true]", root.GetProperty("replayed").GetRawText());
        Assert.Equal(90_000, await on.SpentAsync(card));
    }
}
