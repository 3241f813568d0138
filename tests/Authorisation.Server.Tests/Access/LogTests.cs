using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Xunit;

namespace Authorisation.Server.Tests.Access;

/// <summary>What must not be found in a log, whatever happens.</summary>
public sealed class LogTests(SharedWire wire) : WireTest(wire)
{
    private const string Purpose = "Förhandling om övertagandet";

    [Theory]
    [InlineData("Information")]
    [InlineData("Trace")]
    public async Task No_card_number_token_or_purpose_is_logged(string level)
    {
        await using var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog(), time: null, $"--Logging:LogLevel:Default={level}");
        var on = await WireOperator.CreateAsync(Ledger, server);
        var card = await on.AddCardAsync();
        var unknown = on.UnknownCard();
        foreach (var instrument in new[] { card, unknown })
        {
            var request = on.Buy(instrument);
            request.Purpose = Purpose;
            await on.Validator.AuthoriseAsync(request);
            await on.Validator.AuthoriseAsync(request);
            request.AmountMinor++;
            await WireError.OfAsync(on.Validator.AuthoriseAsync(request));
            request.Currency = "NOK";
            await WireError.OfAsync(on.Validator.AuthoriseAsync(request));
            await WireError.OfAsync(server.Caller(on.ValidatorToken + "x").AuthoriseAsync(request));
        }

        await on.Validator.GetCreditAsync(card);
        await WireError.OfAsync(on.Validator.GetCreditAsync(new GetCreditRequest { CardNumber = unknown.CardNumber }));

        string[] secrets = [card.CardNumber!, unknown.CardNumber!, on.ValidatorToken, Purpose];
        Assert.All(server.Log.Entries, entry => Assert.All(
            secrets, secret => Assert.DoesNotContain(secret, entry.ToString(), StringComparison.Ordinal)));
    }
}
