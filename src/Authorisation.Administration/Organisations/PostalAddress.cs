using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Organisations;

/// <summary>Where paper goes.</summary>
/// <param name="Street">Street and number, or a box.</param>
/// <param name="PostalCode">The postal code.</param>
/// <param name="City">The city.</param>
/// <param name="Country">The country; the operator's unless given.</param>
public sealed record PostalAddress(
    [Required, MaxLength(Limits.NameCharactersMax)] string? Street,
    [Required, MaxLength(Limits.PostalCodeCharactersMax)] string? PostalCode,
    [Required, MaxLength(Limits.NameCharactersMax)] string? City,
    [MaxLength(Limits.CountryCharactersMax)] string? Country = null)
{
    /// <summary>Checks an address that was sent; null when none was.</summary>
    internal static PostalAddress? Check(Fields fields, string field, PostalAddress? sent) => sent is null
        ? null
        : new PostalAddress(
            fields.Required(field + ".street", sent.Street, Limits.NameCharactersMax),
            fields.Required(field + ".postal_code", sent.PostalCode, Limits.PostalCodeCharactersMax),
            fields.Required(field + ".city", sent.City, Limits.NameCharactersMax),
            fields.Optional(field + ".country", sent.Country, Limits.CountryCharactersMax));

    internal static string? Write(PostalAddress? address) =>
        address is null ? null : JsonSerializer.Serialize(address, ApiJson.Options);

    internal static PostalAddress? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<PostalAddress>(json, ApiJson.Options);
}
