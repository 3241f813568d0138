using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Authorisation.Server.Tests.Operations;

/// <summary>What a clerk does with sales on cards that nobody had credit on.</summary>
[Trait("Tier", "Slow")]
public sealed class AdvicesCommandTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task A_clerk_finds_a_sale_on_an_unknown_card_and_puts_it_on_an_account_once()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(1_000);
        var sold = on.Buy(on.UnknownCard(), 1_250);
        sold.OccurredAt = DateTime.UtcNow.AddMinutes(-1).ToTimestamp();
        Assert.True(Assert.Single(await on.Validator.AdviseAsync(new Advice { Purchase = sold })).Recorded.Unmatched);

        var listed = await RunAsync("unmatched", "--operator", on.Terms.Code);
        var unknown = await RunAsync("match", sold.AuthorisationId, "--card", "99999999");
        var matched = await RunAsync("match", sold.AuthorisationId, "--card", card.CardNumber!);
        var again = await RunAsync("match", sold.AuthorisationId, "--account", on.AccountOf(card).ToString());
        var after = await RunAsync("unmatched", "--operator", on.Terms.Code);

        Assert.Equal(0, listed.ExitCode);
        Assert.Contains(sold.AuthorisationId, listed.Output, StringComparison.Ordinal);
        Assert.Contains(sold.CardNumber, listed.Output, StringComparison.Ordinal);
        Assert.Contains("12.50 SEK", listed.Output, StringComparison.Ordinal);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("has credit on card 99999999", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal((0, ""), (matched.ExitCode, matched.Errors));
        Assert.Contains($"12.50 SEK is on account {on.AccountOf(card)}", matched.Output, StringComparison.Ordinal);
        Assert.Contains("above the limit", matched.Output, StringComparison.Ordinal);
        Assert.Equal((1, "It is on an account already."), (again.ExitCode, again.Errors));
        Assert.Equal("0 on no account.", after.Output);
        Assert.Equal(1_250, await on.SpentAsync(card));
    }

    [Fact]
    public async Task What_cannot_be_done_is_told()
    {
        var id = Guid.NewGuid().ToString();

        var nothing = await RunAsync("match", id, "--account", id);
        var neither = await RunAsync("match", id);
        var nobody = await RunAsync("unmatched", "--operator", "nobody");
        var nowhere = await ServerProgram.RunAsync("advices", "unmatched", "--operator", "nobody");

        Assert.Equal((1, $"There is no sale {id}."), (nothing.ExitCode, nothing.Errors));
        Assert.Contains("either --account ID or --card NUMBER", neither.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no operator nobody; there are ", nobody.Errors, StringComparison.Ordinal);
        Assert.Contains("Say which database", nowhere.Errors, StringComparison.Ordinal);
    }

    /// <summary>Runs the command; again when its short bound on connecting passed, on a busy machine, before it had done anything.</summary>
    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        const int TriesMax = 10;
        for (var tries = 1; ; tries++)
        {
            var ended = await ServerProgram.RunAsync(["advices", .. arguments, "--connection", Ledger.ServiceConnectionString]);
            if (tries == TriesMax || ended.ExitCode == 0 || !ended.Errors.StartsWith("The ledger is out of reach", StringComparison.Ordinal))
            {
                return ended;
            }
        }
    }
}
