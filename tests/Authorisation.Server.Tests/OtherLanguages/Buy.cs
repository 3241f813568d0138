using System.Text.Json;
using Authorisation.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Example;

/// <summary>Buys a ticket on a card of the demo.</summary>
public static class Buy
{
    /// <summary>Buys it.</summary>
    /// <param name="demoFile">Where demo.json is.</param>
    /// <returns>The decision and what is left.</returns>
    public static async Task<string> RunAsync(string demoFile = ".run/demo.json")
    {
        using var demo = JsonDocument.Parse(await File.ReadAllTextAsync(demoFile));
        var jamtland = demo.RootElement.GetProperty("operators").GetProperty("jamtland");
        using var channel = GrpcChannel.ForAddress(demo.RootElement.GetProperty("grpc").GetString()!);
        var client = new AuthorisationService.AuthorisationServiceClient(channel);

        var request = new AuthoriseRequest
        {
            AuthorisationId = Guid.CreateVersion7().ToString(), // save it before you send: a retry carries the same
            CardNumber = jamtland.GetProperty("card").GetProperty("card_number").GetString(),
            AmountMinor = 4200, // 42.00 kr
            Currency = jamtland.GetProperty("currency").GetString(),
            Product = "single-adult",
        };
        var token = new Metadata { { "authorization", "Bearer " + jamtland.GetProperty("validator_token").GetString() } };

        for (var triesLeft = 2; ; triesLeft--)
        {
            try
            {
                var answer = await client.AuthoriseAsync(request, token, DateTime.UtcNow.AddSeconds(10));
                return $"{answer.Decision} {answer.Credit?.RemainingMinor} left in {answer.Credit?.Month}";
            }
            catch (RpcException e) when (
                e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded && triesLeft > 0)
            {
                // Whether it was decided is unknown: the same request again finds out.
            }
        }
    }
}
