using Authorisation.Admin.Api.Accounts;
using Authorisation.Admin.Api.Administrators;
using Authorisation.Admin.Api.Budgets;
using Authorisation.Admin.Api.Departments;
using Authorisation.Admin.Api.Imports;
using Authorisation.Admin.Api.Invoices;
using Authorisation.Admin.Api.Me;
using Authorisation.Admin.Api.MonthEnds;
using Authorisation.Admin.Api.Operator;
using Authorisation.Admin.Api.Organisations;
using Authorisation.Admin.Api.Products;
using Authorisation.Admin.Api.Purchases;
using Authorisation.Admin.Api.Reports;
using Authorisation.Admin.Api.Requests;
using Authorisation.Admin.Api.Rules;
using Authorisation.Admin.Api.Sessions;
using Authorisation.Admin.Api.StaffOffers;
using Authorisation.Admin.Api.Subscriptions;
using Authorisation.Admin.Api.Terms;
using Authorisation.Admin.Api.Tickets;
using Authorisation.Admin.Api.Travellers;
using Authorisation.Admin.Portal;
using Authorisation.Admin.Web;
using Authorisation.Administration.Work;
using Npgsql;

namespace Authorisation.Admin.Api;

/// <summary>Every route of the API.</summary>
internal static class Routes
{
    public static void Map(WebApplication app)
    {
        var all = app.MapGroup("").AddEndpointFilter(app.Services.GetRequiredService<AnonymousFilter>())
            .AddEndpointFilter(new RequiredFilter());
        var query = app.Services.GetRequiredService<QueryFilter>();
        SessionEndpoints.MapBegin(all.MapGroup("").AddEndpointFilter(query));
        var api = all.MapGroup("").AddEndpointFilter(app.Services.GetRequiredService<CallFilter>()).AddEndpointFilter(query);
        SessionEndpoints.Map(api);
        MeEndpoints.Map(api);
        PasswordResetEndpoints.Map(api);
        StaffEndpoints.Map(api);
        ApplicationEndpoints.Map(api);
        OrganisationEndpoints.Map(api);
        DepartmentEndpoints.Map(api);
        AdministratorEndpoints.Map(api);
        InvitationEndpoints.Map(api);
        TravellerEndpoints.Map(api);
        TravellerAccessEndpoints.Map(api);
        PersonalDataEndpoints.Map(api);
        ImportEndpoints.Map(api);
        AccountEndpoints.Map(api);
        RuleEndpoints.Map(api);
        BudgetEndpoints.Map(api);
        AuthorisationLists.Map(api);
        AuthorisationEndpoints.Map(api);
        ClientEndpoints.Map(api);
        PrepaidCardEndpoints.Map(api);
        MessageEndpoints.Map(api);
        WebhookEndpoints.Map(api);
        EventEndpoints.Map(api);
        TermsEndpoints.Map(api);
        RequestEndpoints.Map(api);
        AuditEndpoints.Map(api);
        MonthEndEndpoints.Map(api);
        InvoicingEndpoints.Map(api);
        InvoiceEndpoints.Map(api);
        AccountingEndpoints.Map(api);
        SpendingEndpoints.Map(api);
        TravelEndpoints.Map(api);
        PayrollEndpoints.Map(api);
        StaffOfferEndpoints.Map(api);
        SubscriptionEndpoints.Map(api);
        OrderLinkEndpoints.Map(api);
        ProductEndpoints.Map(api);
        TicketOrderEndpoints.Map(api);
        TicketEndpoints.Map(api);
        PageRoutes.Map(app, api);
        CachedDescription.Map(app);
        DescriptionPage.Map(app);
        app.MapGet("/health", HealthAsync).ExcludeFromDescription();
    }

    // Ready when Postgres answers; for balancers, which need no token.
    private static async Task<IResult> HealthAsync(ControlDatabase database, HttpContext context)
    {
        try
        {
            await database.RequireAsync(context.RequestAborted);
            return Results.Text("ready");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            context.Response.Headers.RetryAfter = "1";
            return Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
