using Authorisation.Billing.Accounting;
using Authorisation.Billing.Corrections;
using Authorisation.Billing.Documents;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Billing.Payroll;
using Authorisation.Billing.Purchases;
using Authorisation.Billing.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Billing;

/// <summary>The operations of billing, in one list. Each keeps nothing between its runs.</summary>
internal static class BillingServices
{
    /// <summary>
    /// Adds all operations. The host adds the settings of month ends and what they are reconciled with.
    /// </summary>
    public static IServiceCollection AddBilling(this IServiceCollection services) => services
        .AddSingleton<InvoiceReader>()
        .AddSingleton<GetInvoicing>()
        .AddSingleton<SetInvoicing>()
        .AddSingleton<MakeInvoices>()
        .AddSingleton<ListInvoices>()
        .AddSingleton<GetInvoice>()
        .AddSingleton<GetEInvoice>()
        .AddSingleton<ExportInvoices>()
        .AddSingleton<CorrectInvoice>()
        .AddSingleton<SubscriptionMonthsStep>()
        .AddSingleton<ErasureStep>()
        .AddSingleton<MonthEndRunner>()
        .AddSingleton<ListMonthEnds>()
        .AddSingleton<GetMonthEnd>()
        .AddSingleton<RequestMonthEnd>()
        .AddSingleton<ReopenMonth>()
        .AddSingleton<VerifyMonth>()
        .AddSingleton<GetAccounting>()
        .AddSingleton<SetAccounting>()
        .AddSingleton<ExportAccounting>()
        .AddSingleton<GetSpending>()
        .AddSingleton<GetTravel>()
        .AddSingleton<GetPayrollDeductions>()
        .AddSingleton<StaffOperations>()
        .AddSingleton<GetPurchase>()
        .AddSingleton<ListPurchases>()
        .AddSingleton<RefundPurchase>()
        .AddSingleton<VoidPurchase>();
}
