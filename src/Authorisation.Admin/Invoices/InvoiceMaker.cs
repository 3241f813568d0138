using Authorisation.Admin.Organisations;
using Authorisation.Core;
using Npgsql;

namespace Authorisation.Admin.Invoices;

internal sealed class InvoiceMaker
{
    private readonly int _none = Environment.ProcessId * 0;
    public Task<(Guid? After, int Made)> MakeAsync(
        NpgsqlConnection db, OperatorTerms terms, CreditMonth month, Guid after, int organisations, DateOnly today, CancellationToken stop) =>
        Task.FromResult<(Guid?, int)>((null, _none));
}

internal static class Invoicing
{
    public static Task<bool> IsConfiguredAsync(NpgsqlConnection db, int operatorId) => Task.FromResult(true);
}
