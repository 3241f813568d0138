using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Reads;

/// <content>Lists of purchases by who pays for them.</content>
public sealed partial class LedgerReader
{
    // An account's purchases were made by its traveller, whichever departments paid; so accounts are found by what they and
    // their travellers have ever been, and each purchase is then asked who paid for it.
    private const string IsPaid = """
        p.organisation_id = $2 and ($3::uuid[] is null or p.department_id = any ($3)) and ($4::uuid is null or p.traveller_id = $4)
        """;

    private static readonly string OfAccountSql = PaidSql("select $5::uuid as id");

    private static readonly string OfTravellerSql = PaidSql("""
        select a.id from particulars p join credit_account a on a.particulars_id = p.id
        where p.traveller_id = $4 and $5::uuid is null
        """);

    private static readonly string OfDepartmentsSql = PaidSql("""
        select distinct a.id
        from particulars d
        join particulars p on p.traveller_id = d.traveller_id
        join credit_account a on a.particulars_id = p.id
        where d.department_id = any ($3) and $5::uuid is null
        """);

    private static readonly string OfOrganisationSql = PaidSql("""
        select a.id from particulars p join credit_account a on a.particulars_id = p.id
        where p.organisation_id = $2 and $5::uuid is null
        """);

    /// <summary>What was asked for in a month and is paid by an organisation, declines included, newest first.</summary>
    /// <param name="by">Who pays.</param>
    /// <param name="month">The credit month.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<IReadOnlyList<AuthorisationHistory>> ListPaidAsync(
        PaidBy by, CreditMonth month, ListPosition after, int count, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = new NpgsqlCommand(PaidSqlOf(by))
            {
                Parameters =
                {
                    new NpgsqlParameter<int> { TypedValue = by.OperatorId },
                    new NpgsqlParameter<Guid> { TypedValue = by.OrganisationId },
                    new NpgsqlParameter
                    {
                        Value = by.Departments is { } departments ? departments.ToArray() : DBNull.Value,
                        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
                    },
                    Uuid(by.TravellerId),
                    Uuid(by.AccountId),
                    new NpgsqlParameter<int> { TypedValue = month.Number },
                    new NpgsqlParameter<DateTime> { TypedValue = after.DecidedAt.UtcDateTime },
                    new NpgsqlParameter<Guid> { TypedValue = after.Id },
                    new NpgsqlParameter<int> { TypedValue = count },
                },
            };
            return await ReadHistoriesAsync(command, cancellationToken);
        });

    internal static string PaidSqlOf(PaidBy by) => by switch
    {
        { AccountId: not null } => OfAccountSql,
        { TravellerId: not null } => OfTravellerSql,
        { Departments: not null } => OfDepartmentsSql,
        _ => OfOrganisationSql,
    };

    private static string PaidSql(string accounts) => EntryColumns.SqlOf("Reads.list_paid.sql")
        .Replace("{accounts}", accounts, StringComparison.Ordinal)
        .Replace("{is_paid}", IsPaid, StringComparison.Ordinal);

    private static NpgsqlParameter Uuid(Guid? id) =>
        new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
