using System.Text.Json;
using System.Text.Json.Serialization;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.Invoices;

/// <summary>How sellers, buyers and ways to pay are stored with what is invoiced.</summary>
internal static class InvoiceJson
{
    /// <summary>The options; never changed after the start.</summary>
    private static JsonSerializerOptions Options { get; } = new(ApiJson.Options)
    {
        // What follows from other fields is not stored; and what a later release stores besides does no harm here.
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;
}
