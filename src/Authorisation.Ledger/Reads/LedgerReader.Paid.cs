using System.Globalization;
using Authorisation.Core;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Reads;

/// <content>Lists of purchases by payer.</content>
public sealed partial class LedgerReader
{
    // An account belongs to one traveller of one organisation for ever; the department that pays may change from one
    // purchase to the next. So accounts are found by everything that they and their travellers have ever been, and a
    // filter on departments checks the payer of each purchase.
    private static readonly string OfAccountSql = PaidSql("select $5::uuid as id");

    private static readonly string OfTravellerSql = PaidSql(
        "select a.id from billing_snapshot p join credit_account a on a.billing_snapshot_id = p.id where p.traveller_id = $4");

    // One index after the other: its plan is made once, for any number of departments, and must not be that of a large one.
    private static readonly string OfDepartmentsSql = PaidSql("""
        select distinct a.id
        from (
          select distinct d.traveller_id
          from unnest($3::uuid[]) w(id)
          cross join lateral (select d.traveller_id from billing_snapshot d where d.department_id = w.id offset 0) d) t
        cross join lateral (
          select a.id
          from billing_snapshot p join credit_account a on a.billing_snapshot_id = p.id
          where p.traveller_id = t.traveller_id
          offset 0) a
        """);

    private static readonly string OfOrganisationSql = PaidSql(
        "select a.id from billing_snapshot p join credit_account a on a.billing_snapshot_id = p.id where p.organisation_id = $2");

    private static readonly string LongerSql = string.Create(
        CultureInfo.InvariantCulture,
        $"set local statement_timeout = {(int)Limits.AdministrationStatementTimeout.TotalMilliseconds}");

    /// <summary>
    /// What was asked for in a month and is paid by an organisation, declines included, newest first.
    /// </summary>
    /// <param name="by">The payer.</param>
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
            // It takes longer than what a purchase waits for, in a large organisation.
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var longer = new NpgsqlCommand(LongerSql, connection);
            await longer.ExecuteNonQueryAsync(cancellationToken);
            command.CommandTimeout = (int)Limits.AdministrationStatementTimeout.TotalSeconds + 5;
            var found = await ReadHistoriesAsync(connection, command, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return found;
        });

    internal static string PaidSqlOf(PaidBy by) => by switch
    {
        { AccountId: not null } => OfAccountSql,
        { TravellerId: not null } => OfTravellerSql,
        { Departments: not null } => OfDepartmentsSql,
        _ => OfOrganisationSql,
    };

    private static string PaidSql(string accounts) =>
        EntryColumns.SqlOf("Reads.list_paid.sql").Replace("{accounts}", accounts, StringComparison.Ordinal);

    private static NpgsqlParameter Uuid(Guid? id) =>
        new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
