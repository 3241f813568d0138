using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Work;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Travellers;

/// <summary>An organisation has one traveller of an e-mail address.</summary>
internal static class TravellerEmail
{
    /// <summary>
    /// Adds an error when another traveller has the address; until the transaction ends no other can get it.
    /// </summary>
    public static async Task CheckAsync(NpgsqlConnection db, TravellerRow row, Fields fields)
    {
        if (row.Email.Length == 0)
        {
            return;
        }

        await Claim.TravellerEmailAsync(db, row.OrganisationId, row.Email);
        if (await db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from traveller
              where organisation_id = @OrganisationId and email = @Email and removed_at is null and id <> @Id
                and department_id is not null)
            """,
            row))
        {
            fields.Add("email", FieldCode.Taken, "is another traveller's of this organisation");
        }
    }
}
