using Authorisation.Billing.Invoices;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Billing.Accounting;

/// <summary>The accounts of what is invoiced at one rate of VAT.</summary>
/// <param name="VatCategory"><c>S</c>, <c>Z</c> or <c>O</c>.</param>
/// <param name="VatBasisPoints">The rate, in hundredths of a percent.</param>
/// <param name="RevenueAccount">Takes the net.</param>
/// <param name="VatAccount">Takes the output VAT; null where the rate is 0.</param>
internal sealed record RateAccounts(string VatCategory, int VatBasisPoints, string RevenueAccount, string? VatAccount)
{
    /// <summary>The rate.</summary>
    public VatRate Rate => new(VatLetters.Read(VatCategory), VatBasisPoints);
}

/// <summary>The accounts of an operator's bookkeeping, of four digits each.</summary>
/// <param name="ReceivablesAccount">Takes what is to be paid.</param>
/// <param name="RoundingAccount">Takes what net and VAT leave of it, which is at most an öre for each rate.</param>
/// <param name="Rates">Those of the rates of VAT.</param>
internal sealed record AccountPlan(string ReceivablesAccount, string RoundingAccount, IReadOnlyList<RateAccounts> Rates)
{
    /// <summary>The accounts of an operator and their revision; no accounts and 0 while they are not set.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="operatorId">The operator.</param>
    /// <param name="forChange">Whether they are to be set: nobody else sets them until the transaction ends.</param>
    public static async Task<(AccountPlan? Plan, long Revision)> FindAsync(NpgsqlConnection db, int operatorId, bool forChange = false)
    {
        if (forChange)
        {
            await db.ExecuteAsync("select from operator where id = @operatorId for no key update", new { operatorId });
        }

        return await db.QuerySingleOrDefaultAsync<(string Accounts, long Revision)?>(
            "select accounts::text, revision from billing.accounting where operator_id = @operatorId", new { operatorId })
            is { } row
                ? (InvoiceJson.Read<AccountPlan>(row.Accounts), row.Revision)
                : (null, 0);
    }

    /// <summary>Sets them.</summary>
    public Task SaveAsync(NpgsqlConnection db, int operatorId, long revision) => db.ExecuteAsync(
        """
        insert into billing.accounting (operator_id, accounts, revision) values (@operatorId, @accounts::jsonb, @revision)
        on conflict (operator_id) do update set accounts = excluded.accounts, revision = excluded.revision
        """,
        new { operatorId, accounts = InvoiceJson.Write(this), revision });
}
