using System.Text.Json;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Tickets;

/// <summary>Checks the tickets of an order, each field by its place.</summary>
/// <remarks>Used by one task at a time, for one order.</remarks>
internal sealed class OrderFields(
    Fields fields, OperatorTerms terms, IReadOnlyDictionary<string, ProductRow> products, IReadOnlyDictionary<Guid, string?> travellers)
{
    private readonly Dictionary<(string Name, string? Contact), (Guid Id, string? Mobile)> _temporary = [];

    /// <summary>
    /// The temporary travellers that the order needs: the same name with the same number, or without one on the same card or
    /// in the same app, is one person.
    /// </summary>
    public IEnumerable<(Guid Id, string Name, string? Mobile)> Temporary =>
        _temporary.Select(one => (one.Value.Id, one.Key.Name, one.Value.Mobile));

    /// <summary>Reads what the checks need.</summary>
    /// <param name="work">The unit of work.</param>
    /// <param name="fields">Where everything that is wrong is added.</param>
    /// <param name="terms">The operator.</param>
    /// <param name="organisation">The customer.</param>
    /// <param name="scope">What the principal reaches there: travellers of others are as if they were not there.</param>
    /// <param name="items">The tickets.</param>
    public static async Task<OrderFields> BeginAsync(
        UnitOfWork work, Fields fields, OperatorTerms terms, OrganisationRow organisation, AccessScope scope,
        IReadOnlyList<TicketItemRequest?> items)
    {
        var products = await ProductRow.FindAsync(
            work.Db, terms.Id, [.. items.Select(item => item?.Product?.Trim()).OfType<string>()],
            await Catalogue.TodayAsync(work, terms));
        var travellers = await work.Db.QueryAsync<(Guid Id, Guid? DepartmentId, string? Mobile)>(
            """
            select id, department_id, mobile from traveller
            where organisation_id = @Id and id = any(@ids) and removed_at is null
            """,
            new { organisation.Id, ids = items.Select(item => item?.TravellerId).OfType<Guid>().ToArray() });
        return new OrderFields(
            fields, terms, products,
            travellers.Where(one => scope.Sees(one.DepartmentId)).ToDictionary(one => one.Id, one => one.Mobile));
    }

    /// <summary>Checks one ticket; null when something is wrong with it.</summary>
    public NewTicket? Check(int index, TicketItemRequest? item)
    {
        var field = $"items[{index}]";
        if (item is null)
        {
            fields.Add(field, FieldCode.Required, "is required");
            return null;
        }

        var before = fields.Errors.Count;
        var product = Product(field + ".product", item.Product);
        var bearer = Bearer(fields, field + ".bearer", item.Bearer, terms);
        var (traveller, temporaryMobile) = Traveller(field, item);
        var journey = Journey(field + ".journey", item.Journey);
        return fields.Errors.Count > before
            ? null
            : new NewTicket(product!, product!.PriceMinor!.Value, bearer!, traveller)
            {
                Journey = journey,
                SmsTo = bearer!.Mobile ?? temporaryMobile,
            };
    }

    /// <summary>Checks a bearer; null, with its errors, when it is none.</summary>
    public static TicketBearer? Bearer(Fields fields, string field, BearerRequest? asked, OperatorTerms terms)
    {
        var (isApp, isCard) = (!string.IsNullOrWhiteSpace(asked?.App), !string.IsNullOrWhiteSpace(asked?.Card));
        if (!isApp && !isCard)
        {
            fields.Add(
                field.Length == 0 ? "app" : field, FieldCode.Required,
                "must have either app, with a mobile number, or card, with a card's number");
            return null;
        }

        if (isApp && isCard)
        {
            fields.Add(Below(field, "card"), FieldCode.NotPossible, "must not be given beside app");
            return null;
        }

        var before = fields.Errors.Count;
        if (isCard)
        {
            var card = fields.CardNumber(Below(field, "card"), asked!.Card);
            return fields.Errors.Count > before ? null : new TicketBearer(InstrumentKind.Card, card);
        }

        // The receiver learns of the ticket by SMS.
        return terms.MobileForSms(fields, Below(field, "app"), asked!.App) is { } mobile
            ? new TicketBearer(InstrumentKind.App, mobile)
            : null;
    }

    /// <summary>The name of a field that lies in another; in none when that has no name.</summary>
    public static string Below(string field, string name) => field.Length == 0 ? name : $"{field}.{name}";

    private ProductRow? Product(string field, string? code)
    {
        var before = fields.Errors.Count;
        var text = fields.Required(field, code, Limits.CodeCharactersMax);
        if (fields.Errors.Count > before)
        {
            return null;
        }

        if (!products.TryGetValue(text, out var product))
        {
            fields.Add(field, FieldCode.NotFound, "must be the code of one of the operator's products");
            return null;
        }

        if (!product.SoldBy.HasFlag(SoldBy.Order))
        {
            fields.Add(field, FieldCode.NotPossible, "is of a product that is not sold by order");
        }
        else if (product.PriceMinor is null)
        {
            fields.Add(field, FieldCode.NotPossible, "is of a product that has no price today");
        }

        return product;
    }

    private (Guid Id, string? TemporaryMobile) Traveller(string field, TicketItemRequest item)
    {
        if (item.TravellerId is null == item.TemporaryTraveller is null)
        {
            fields.Add(
                field + ".traveller_id", item.TravellerId is null ? FieldCode.Required : FieldCode.NotPossible,
                "must be given, or temporary_traveller instead of it");
            return default;
        }

        if (item.TravellerId is { } traveller)
        {
            if (!travellers.ContainsKey(traveller))
            {
                fields.Add(field + ".traveller_id", FieldCode.NotFound, "must be one of the organisation's travellers");
            }

            return (traveller, null);
        }

        var name = fields.Required(field + ".temporary_traveller.name", item.TemporaryTraveller!.Name, Limits.NameCharactersMax);
        var mobile = terms.MobileForSms(fields, field + ".temporary_traveller.mobile", item.TemporaryTraveller.Mobile);
        var who = (name, mobile ?? item.Bearer?.App ?? item.Bearer?.Card);
        if (!_temporary.TryGetValue(who, out var temporary))
        {
            _temporary[who] = temporary = (Guid.CreateVersion7(), mobile);
        }

        return (temporary.Id, mobile);
    }

    private string? Journey(string field, JourneyRequest? asked)
    {
        if (asked is null)
        {
            return null;
        }

        var from = fields.Required(field + ".from", asked.From, Limits.StopCharactersMax);
        var to = fields.Required(field + ".to", asked.To, Limits.StopCharactersMax);
        var zones = ProductRequest.ZonesOf(fields, field + ".zones", asked.Zones);
        return JsonSerializer.Serialize(new TicketJourney(from, to, asked.Departure?.ToUniversalTime(), zones), ApiJson.Options);
    }
}

/// <summary>The journey that a ticket was ordered for.</summary>
/// <param name="From">The stop that it begins at.</param>
/// <param name="To">The stop that it ends at.</param>
/// <param name="Departure">When it begins.</param>
/// <param name="Zones">The zones that it goes through.</param>
internal sealed record TicketJourney(string From, string To, DateTimeOffset? Departure, IReadOnlyList<string>? Zones)
{
    /// <summary>Reads what is stored; null for none.</summary>
    public static TicketJourney? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<TicketJourney>(json, ApiJson.Options);
}
