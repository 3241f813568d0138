using Dapper;
using Npgsql;

namespace Authorisation.Administration.Access;

/// <summary>
/// Something that may exist only once, such as open credit on a card. An operation that is about to create it claims it
/// first, and only then looks whether it is taken: of two at once, the second waits and sees what the first did. The
/// unique indexes would refuse it, too, but Postgres writes the value that was refused into its log.
/// </summary>
internal static class Claim
{
    /// <summary>An e-mail address among an organisation's travellers.</summary>
    public static Task TravellerEmailAsync(NpgsqlConnection db, Guid organisationId, string email) =>
        TakeAsync(db, $"traveller {organisationId} {email}");

    /// <summary>Open credit on a card.</summary>
    public static Task CardAsync(NpgsqlConnection db, int operatorId, string cardNumber) =>
        TakeAsync(db, $"card {operatorId} {cardNumber}");

    /// <summary>Open app credit on a mobile number.</summary>
    public static Task MobileAsync(NpgsqlConnection db, int operatorId, string mobile) =>
        TakeAsync(db, $"mobile {operatorId} {mobile}");

    /// <summary>Being the customer with an organisation number.</summary>
    public static Task CustomerAsync(NpgsqlConnection db, int operatorId, string organisationNumber) =>
        TakeAsync(db, $"customer {operatorId} {organisationNumber}");

    /// <summary>A product's code at an operator.</summary>
    public static Task ProductAsync(NpgsqlConnection db, int operatorId, string code) =>
        TakeAsync(db, $"product {operatorId} {code}");

    /// <summary>Subscriptions of a mobile number at an organisation.</summary>
    public static Task SubscriptionAsync(NpgsqlConnection db, Guid organisationId, string mobile) =>
        TakeAsync(db, $"subscription {organisationId} {mobile}");

    /// <summary>The open requests of a traveller.</summary>
    public static Task RequestsAsync(NpgsqlConnection db, Guid travellerId) => TakeAsync(db, $"requests {travellerId}");

    private static Task<int> TakeAsync(NpgsqlConnection db, string value) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@value, 2))", new { value });
}
