using System.Text.Json;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Organisations;

/// <summary>Where paper goes.</summary>
internal sealed record PostalAddress(string? Street, string? PostalCode, string? City, string? Country = null)
{
    /// <summary>Checks an address that was sent; null when none was.</summary>
    public static PostalAddress? Check(Fields fields, string field, PostalAddress? sent) => sent is null
        ? null
        : new PostalAddress(
            fields.Required(field + ".street", sent.Street, Limits.NameCharactersMax),
            fields.Required(field + ".postal_code", sent.PostalCode, 12),
            fields.Required(field + ".city", sent.City, Limits.NameCharactersMax),
            fields.Optional(field + ".country", sent.Country, 60));

    public static string? Write(PostalAddress? address) =>
        address is null ? null : JsonSerializer.Serialize(address, ApiJson.Options);

    public static PostalAddress? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<PostalAddress>(json, ApiJson.Options);
}
