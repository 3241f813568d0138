using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Purchases;

/// <summary>
/// The names behind the operations of a purchase: which clients and persons did them, on which invoices they stand.
/// </summary>
/// <param name="Clients">Names of clients.</param>
/// <param name="Staff">Addresses of persons, by the operation that they did.</param>
/// <param name="Invoices">The payer's invoices by their months.</param>
internal sealed record OperationNames(
    IReadOnlyDictionary<long, string> Clients,
    IReadOnlyDictionary<Guid, string> Staff,
    IReadOnlyDictionary<CreditMonth, InvoiceName> Invoices)
{
    /// <summary>Reads them for a purchase.</summary>
    /// <param name="db">The ledger.</param>
    /// <param name="seen">
    /// The purchase, and the caller: persons are named to operator staff, invoices to others once published.
    /// </param>
    public static async Task<OperationNames> ReadAsync(NpgsqlConnection db, SeenPurchase seen)
    {
        var operations = seen.History.Operations;
        var clients = await db.QueryAsync<(long Id, string Name)>(
            "select id, name from client where id = any(@ids)",
            new { ids = operations.Select(one => one.Request.Originator.ClientId).OfType<long>().Distinct().ToArray() });
        var staff = await db.QueryAsync<(Guid Id, string Email)>(
            "select operation_id, person_email from control.staff_operation where operation_id = any(@ids) and @isStaff",
            new
            {
                ids = operations.Where(one => one.By == OperationBy.Staff).Select(one => one.Request.Id).ToArray(),
                seen.Scope.IsStaff,
            });
        return new OperationNames(
            clients.ToDictionary(one => one.Id, one => one.Name),
            staff.ToDictionary(one => one.Id, one => one.Email),
            await InvoicesAsync(db, seen));
    }

    private static async Task<Dictionary<CreditMonth, InvoiceName>> InvoicesAsync(
        NpgsqlConnection db, SeenPurchase seen)
    {
        // One that was made again under the same reference comes later, and is the one that counts.
        Dictionary<CreditMonth, InvoiceName> invoices = [];
        foreach (var (month, id, number) in await db.QueryAsync<(int Month, Guid Id, string Number)>(
            $"""
            select i.month, i.id, i.number
            from billing.invoice i join operator o on o.id = i.operator_id
            where i.operator_id = @OperatorId and i.month = any(@months) and i.organisation_id = @organisation
              and i.billing_reference = @reference and (@isStaff or {InvoiceHeader.IsPublishedSql})
            order by i.made_at
            """,
            new
            {
                seen.OperatorId,
                months = seen.History.Operations.Select(one => one.InvoiceMonth.Number)
                    .Append(seen.History.InvoiceMonth.Number).Distinct().ToArray(),
                organisation = seen.Payer?.OrganisationId,
                reference = seen.Payer?.BillingReference,
                isStaff = seen.Scope.IsStaff,
            }))
        {
            invoices[CreditMonth.FromNumber(month)] = new InvoiceName(id, number);
        }

        return invoices;
    }
}
