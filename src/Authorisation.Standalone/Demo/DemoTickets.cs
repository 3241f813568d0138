using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// Tickets that administrators send: to a traveller's card or app, and to a person who is no traveller of theirs. The
/// ticket system, which is away at first, takes them, uses them, and cannot deliver one of them.
/// </summary>
internal sealed class DemoTickets(
    IReadOnlyDictionary<string, DemoOperator> operators,
    IReadOnlyDictionary<string, DemoPlace> places,
    DemoCaller caller,
    Uri admin,
    TextWriter output)
{
    private const string NumberCharacters = "0123456789";
    private const int CardDigits = 12;
    private const int MobileDigits = 7;
    private const int EndDigits = 4;

    private static readonly string[] Used = ["ordered", "delivered", "activated"];
    private static readonly string[] UsedUp = [.. Used, "used_up"];
    private static readonly string[] Refused = ["ordered", "undeliverable"];

    /// <summary>Sends them and shows what becomes of them.</summary>
    public async Task TellAsync(CancellationToken cancel)
    {
        var card = RandomNumberGenerator.GetString(NumberCharacters, CardDigits);
        await SendAsync(
            "jamtland", "an administrator sends a ticket to a card, and one to a guest's app", "Besök hos brukare i Åre",
            [
                new("Signe", "Signe Hall", "day ticket", DemoProducts.Day, IsGuest: false, card, Used),
                new("Guest", "Gästen Gustavsson", "single ticket", DemoCaller.Product, IsGuest: true, Card: null, UsedUp),
            ],
            cancel);
        await SendAsync(
            "jonkoping", "an administrator sends tickets to a traveller's app and to an applicant's", "Mässan i Nässjö",
            [
                new("Olle", "Olle Sand", "day ticket", DemoProducts.Day, IsGuest: false, Card: null, Used),
                new("Tove", "Sökanden Tove", "single ticket", DemoCaller.Product, IsGuest: true, Card: null, UsedUp),
                new("Olle", "Olle Sand", "summer card", DemoProducts.Withdrawn, IsGuest: false, Card: null, Refused),
            ],
            cancel);
    }

    private async Task SendAsync(string code, string what, string reason, Sent[] tickets, CancellationToken cancel)
    {
        var (profile, place) = (OperatorProfile.Of(code), places[code]);
        using var portal = new DemoPortal(admin, messages: "");
        await portal.SignInAsync(operators[code].Administrators!.Organisation, cancel);
        await output.WriteLineAsync($"{profile.Terms.Name}: {what}");
        var order = await portal.PostAsync(
            $"/v1/organisations/{place.OrganisationId}/ticket-orders",
            new { department_id = place.DepartmentId, reason, items = await ItemsAsync(portal, place, tickets, cancel) },
            cancel);
        var ids = order["tickets"]!.AsArray().Select(one => one!["id"]!.ToString()).ToList();
        var ended = new List<JsonNode>();
        foreach (var (sent, id) in tickets.Zip(ids))
        {
            ended.Add(await portal.AwaitTicketAsync(id, sent.Expected[^1], cancel));
        }

        await TellWhetherAwayAsync(code, ids, cancel);
        foreach (var (sent, ticket) in tickets.Zip(ended))
        {
            await TellAsync(profile, sent, ticket);
        }
    }

    private static async Task<IReadOnlyList<object>> ItemsAsync(
        DemoPortal portal, DemoPlace place, Sent[] tickets, CancellationToken cancel)
    {
        var items = new List<object>();
        var travellers = new Dictionary<string, (string Id, string Mobile)>(StringComparer.Ordinal);
        foreach (var sent in tickets)
        {
            var mobile = "+4670" + RandomNumberGenerator.GetString(NumberCharacters, MobileDigits);
            if (!sent.IsGuest)
            {
                travellers.TryAdd(sent.Name, (await TravellerAsync(portal, place, travellers, sent.Name, mobile, cancel), mobile));
                mobile = travellers[sent.Name].Mobile;
            }

            var bearer = sent.Card is null ? new { app = (string?)mobile, card = (string?)null } : new { app = (string?)null, card = (string?)sent.Card };
            items.Add(sent.IsGuest
                ? new { product = sent.Product, temporary_traveller = new { name = sent.Name }, bearer }
                : new { product = sent.Product, traveller_id = travellers[sent.Name].Id, bearer });
        }

        return items;
    }

    private static async Task<string> TravellerAsync(
        DemoPortal portal, DemoPlace place, Dictionary<string, (string Id, string Mobile)> known, string name, string mobile,
        CancellationToken cancel) =>
        known.TryGetValue(name, out var one) ? one.Id : await portal.AddTravellerAsync(place, name, mobile, cancel);

    private async Task TellWhetherAwayAsync(string code, IReadOnlyList<string> ids, CancellationToken cancel)
    {
        using var ticketSystem = new DemoPortal(admin, messages: "");
        ticketSystem.UseToken(operators[code].TicketSystemToken!);
        foreach (var id in ids)
        {
            var tries = (await ticketSystem.ListAsync($"/v1/events?subject={id}", cancel))
                .Max(one => one["attempts"]!.GetValue<int>());
            if (tries > 1)
            {
                await output.WriteLineAsync("  the ticket system was away and answered 503; what waited was sent again once it was back");
                return;
            }
        }
    }

    private async Task TellAsync(OperatorProfile profile, Sent sent, JsonNode ticket)
    {
        var happened = ticket["events"]!.AsArray().Select(one => one!["event"]!.ToString()).ToList();
        var bearer = ticket["bearer"]!;
        var where = bearer["card"] is { } card ? $"card ····{card.ToString()[^EndDigits..]}" : "the app";
        var takenBack = happened[^1] == Refused[^1] ? ": the charge is taken back" : "";
        await output.WriteLineAsync(DemoLine.Of(
            sent.Who, sent.What, ticket["price_minor"]!.GetValue<long>(), profile.Terms.Currency,
            $"to {where}: {string.Join(", ", happened).Replace('_', ' ')}{takenBack}"));
        if (!happened.SequenceEqual(sent.Expected, StringComparer.Ordinal))
        {
            await caller.SurpriseAsync(string.Join(", ", sent.Expected));
        }
    }

    /// <summary>A ticket that is sent.</summary>
    /// <param name="Who">How the story calls the person.</param>
    /// <param name="Name">The person's name.</param>
    /// <param name="What">How the story calls the product.</param>
    /// <param name="Product">The product's code.</param>
    /// <param name="IsGuest">A person for this order alone.</param>
    /// <param name="Card">The card that carries it; null for an app.</param>
    /// <param name="Expected">What is to happen to it.</param>
    private sealed record Sent(
        string Who, string Name, string What, string Product, bool IsGuest, string? Card, IReadOnlyList<string> Expected);
}
