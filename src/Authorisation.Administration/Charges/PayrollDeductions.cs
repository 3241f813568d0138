using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Charges;

/// <summary>
/// What an employer takes from salaries for what it is charged. A deduction is only ever added, to the payroll of an open
/// month or of one to come; what takes it back is another one, of the opposite sign.
/// </summary>
internal static class PayrollDeductions
{
    private const string Columns = """
        id, operator_id, organisation_id, department_id, traveller_id, source_kind, source_id, charge_id, month, price_minor,
        deduction_minor, product, description
        """;

    /// <summary>Adds what is taken for a charge, in the payroll of its invoice's month and those after it.</summary>
    /// <param name="db">Within the transaction that added the charge.</param>
    /// <param name="chargeId">The charge.</param>
    /// <param name="parts">What is taken in each month; months with nothing are left out.</param>
    public static async Task AddAsync(NpgsqlConnection db, Guid chargeId, IReadOnlyList<long> parts)
    {
        var month = CreditMonth.FromNumber(await db.QuerySingleAsync<int>(
            "select invoice_month from billing.charge where id = @chargeId", new { chargeId }));
        for (var i = 0; i < parts.Count; i++, month = month.Next)
        {
            await db.ExecuteAsync(
                $"""
                insert into billing.payroll_deduction ({Columns})
                select @id, c.operator_id, s.organisation_id, s.department_id, s.traveller_id, c.source_kind, c.source_id || @suffix,
                       c.id, @month, c.amount_minor, @part, c.product, c.description
                from billing.charge c join billing_snapshot s on s.id = c.billing_snapshot_id
                where c.id = @chargeId and @part > 0
                """,
                new
                {
                    id = Guid.CreateVersion7(),
                    chargeId,
                    month = month.Number,
                    part = parts[i],
                    suffix = parts.Count == 1 ? "" : FormattableString.Invariant($"/{i + 1}"),
                });
        }
    }

    /// <summary>
    /// Takes back all that is taken for a charge that was taken back: in the same payroll while its month is open, else in
    /// that of the open month.
    /// </summary>
    /// <param name="db">Within the transaction that takes the charge back.</param>
    /// <param name="chargeId">The charge that was taken back.</param>
    /// <param name="openMonth">The first open month, whose lock is held.</param>
    public static Task TakeBackAsync(NpgsqlConnection db, Guid chargeId, int openMonth) => db.ExecuteAsync(
        $"""
        insert into billing.payroll_deduction ({Columns}, reverses)
        select gen_random_uuid(), operator_id, organisation_id, department_id, traveller_id, source_kind || '_reversal', source_id,
               charge_id, greatest(month, @openMonth), -price_minor, -deduction_minor, product, description, id
        from billing.payroll_deduction p
        where p.charge_id = @chargeId and p.reverses is null
        on conflict (reverses) do nothing
        """,
        new { chargeId, openMonth });

    /// <summary>
    /// Draws what would be taken from a traveller in months to come into the payroll of the month that it is: the last
    /// salary of somebody who leaves.
    /// </summary>
    /// <param name="db">Within the transaction that removes the traveller.</param>
    /// <param name="travellerId">The traveller.</param>
    /// <param name="month">The month that it is, by the operator's clocks.</param>
    public static Task DrawTogetherAsync(NpgsqlConnection db, Guid travellerId, CreditMonth month) => db.ExecuteAsync(
        $"""
        with drawn as (
          insert into billing.payroll_deduction ({Columns}, reverses)
          select gen_random_uuid(), operator_id, organisation_id, department_id, traveller_id, source_kind || '_reversal', source_id,
                 charge_id, month, -price_minor, -deduction_minor, product, description, id
          from billing.payroll_deduction p
          where p.traveller_id = @travellerId and p.month > @month and p.reverses is null
          on conflict (reverses) do nothing
          returning *
        )
        insert into billing.payroll_deduction ({Columns})
        select gen_random_uuid(), operator_id, organisation_id, department_id, traveller_id, 'rest', charge_id::text, charge_id, @month,
               -min(price_minor), -sum(deduction_minor), product, min(description)
        from drawn
        group by operator_id, organisation_id, department_id, traveller_id, charge_id, product
        """,
        new { travellerId, month = month.Number });
}
