using System.Text.Json;
using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Server.Tests.OtherLanguages;

/// <summary>A stream of the contract as another language reads it.</summary>
[Trait("Tier", "Slow")]
public sealed class WatchPythonTests(SharedWire wire) : WireTest(wire)
{
    [PythonFact]
    public async Task A_client_made_of_the_contract_watches_cards_and_resumes()
    {
        var modules = TestDirectory.NewPath("python");
        Directory.CreateDirectory(modules);
        await PythonTests.RunAsync(
            "protoc",
            input: "",
            ["-I", Path.Combine(AppContext.BaseDirectory, "proto"), "--python_out", modules, "authorisation/v1/authorisation.proto", "authorisation/v1/offline.proto"]);
        var on = await NewOperatorAsync();
        var (card, other) = (await on.AddCardAsync(50_000), await on.AddCardAsync(50_000));
        await Ledger.Provisioner.SetBlockedAsync(on.AccountOf(other), blocked: true);
        await Eventually.TrueAsync(
            () => Ledger.AskAsync<bool>(
                "select count(*) = 2 and bool_or(reason = @Blocked and card_number = @CardNumber) from card_state where operator_id = @Id",
                new { on.Terms.Id, other.CardNumber, Blocked = (short)DeclineReason.Blocked }),
            Eventually.Bound,
            "both are listed, one of them blocked");

        var first = await WatchAsync(modules, on, card, 0, "DECLINE_REASON_UNSPECIFIED");
        Assert.Equal("[\"up_to_date\"]", first.GetProperty("markers").GetRawText());
        Assert.Equal(2, first.GetProperty("cards").EnumerateObject().Count());
        Assert.Equal("DECLINE_REASON_BLOCKED", first.GetProperty("cards").GetProperty(other.CardNumber!).GetProperty("reason").GetString());

        await on.Validator.AuthoriseAsync(on.Buy(card, 50_000));
        var second = await WatchAsync(modules, on, card, first.GetProperty("version").GetInt64(), "DECLINE_REASON_INSUFFICIENT_CREDIT");
        var spent = Assert.Single(second.GetProperty("cards").EnumerateObject());
        Assert.True(spent.Value.GetProperty("denied").GetBoolean());
        Assert.NotNull(spent.Value.GetProperty("lapses_at").GetString());
    }

    private async Task<JsonElement> WatchAsync(string modules, WireOperator on, Instrument card, long after, string reason)
    {
        var output = await PythonTests.RunAsync(
            PythonFactAttribute.Python,
            JsonSerializer.Serialize(new { token = on.ValidatorToken, after, card = card.CardNumber, reason }),
            [Path.Combine(AppContext.BaseDirectory, "OtherLanguages", "watch.py"), modules, Server.Address.Authority]);
        using var answer = JsonDocument.Parse(output);
        return answer.RootElement.Clone();
    }
}
