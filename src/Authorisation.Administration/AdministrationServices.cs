using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Applications;
using Authorisation.Administration.Budgets;
using Authorisation.Administration.Cards;
using Authorisation.Administration.Clients;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Departments;
using Authorisation.Administration.Events;
using Authorisation.Administration.Imports;
using Authorisation.Administration.Invitations;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Requests;
using Authorisation.Administration.Rules;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Staff;
using Authorisation.Administration.StaffOffers;
using Authorisation.Administration.Subscriptions;
using Authorisation.Administration.Terms;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Travellers;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Administration;

/// <summary>The operations of administration, in one list. Each keeps nothing between its runs.</summary>
internal static class AdministrationServices
{
    /// <summary>Adds all operations.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddOrganisations()
        .AddAdministrators()
        .AddTravellers()
        .AddCredits()
        .AddRules()
        .AddBudgets()
        .AddImports()
        .AddCardsAndClients()
        .AddProducts()
        .AddTickets()
        .AddSessions()
        .AddOperators()
        .AddEvents()
        .AddSubscriptions()
        .AddStaffOffers();

    private static IServiceCollection AddOrganisations(this IServiceCollection services) => services
        .AddSingleton<ApplyForOrganisation>()
        .AddSingleton<ApproveApplication>()
        .AddSingleton<RefuseApplication>()
        .AddSingleton<ApplicationNews>()
        .AddSingleton<ListOrganisations>()
        .AddSingleton<ChangeOrganisation>()
        .AddSingleton<SuspendOrganisation>()
        .AddSingleton<ReinstateOrganisation>()
        .AddSingleton<ListDepartments>()
        .AddSingleton<AddDepartment>()
        .AddSingleton<ChangeDepartment>()
        .AddSingleton<CloseDepartment>();

    private static IServiceCollection AddAdministrators(this IServiceCollection services) => services
        .AddSingleton<ListAdministrators>()
        .AddSingleton<InviteAdministrator>()
        .AddSingleton<SendInvitation>()
        .AddSingleton<InvitationLinks>()
        .AddSingleton<AcceptInvitation>()
        .AddSingleton<ChangeAdministrator>()
        .AddSingleton<RemoveAdministrator>();

    private static IServiceCollection AddTravellers(this IServiceCollection services) => services
        .AddSingleton<ListTravellers>()
        .AddSingleton<AddTraveller>()
        .AddSingleton<ChangeTraveller>()
        .AddSingleton<RemoveTraveller>()
        .AddSingleton<InviteTraveller>()
        .AddSingleton<ChooseNotifications>()
        .AddSingleton<TripConsent>()
        .AddSingleton<EraseTraveller>()
        .AddSingleton<ExportTraveller>()
        .AddSingleton<GetMe>()
        .AddSingleton<TravellerNews>()
        .AddSingleton<RequestNews>()
        .AddSingleton<MakeRequest>()
        .AddSingleton<GrantRequest>()
        .AddSingleton<RefuseRequest>()
        .AddSingleton<PublishTerms>()
        .AddSingleton<AcceptTerms>();

    private static IServiceCollection AddCredits(this IServiceCollection services) => services
        .AddSingleton<ActivationCodes>()
        .AddSingleton<ListCredits>()
        .AddSingleton<GrantCredit>()
        .AddSingleton<ChangeCredit>()
        .AddSingleton<RevokeCredit>()
        .AddSingleton<SendActivationCode>();

    private static IServiceCollection AddRules(this IServiceCollection services) => services
        .AddSingleton<GetRules>()
        .AddSingleton<SetRules>()
        .AddSingleton<RemoveRules>();

    private static IServiceCollection AddBudgets(this IServiceCollection services) => services
        .AddSingleton<BudgetNews>()
        .AddSingleton<ListBudgets>()
        .AddSingleton<GetDepartmentBudget>()
        .AddSingleton<SetDepartmentBudget>()
        .AddSingleton<RemoveDepartmentBudget>()
        .AddSingleton<SetReferenceBudget>()
        .AddSingleton<RemoveReferenceBudget>();

    private static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<Passwords>()
        .AddSingleton<SignIns>()
        .AddSingleton<BeginSession>()
        .AddSingleton<EndSession>()
        .AddSingleton<ListSessions>()
        .AddSingleton<ChangePassword>()
        .AddSingleton<AskForPasswordReset>()
        .AddSingleton<SendPasswordLinks>()
        .AddSingleton<ResetPassword>();

    private static IServiceCollection AddOperators(this IServiceCollection services) => services
        .AddSingleton<ListStaff>()
        .AddSingleton<AddStaff>()
        .AddSingleton<RemoveStaff>()
        .AddSingleton<ListMessages>()
        .AddSingleton<SendMessageAgain>()
        .AddSingleton<ListAuditEntries>();

    private static IServiceCollection AddEvents(this IServiceCollection services) => services
        .AddSingleton<SetWebhook>()
        .AddSingleton<RemoveWebhook>()
        .AddSingleton<RenewWebhookSecret>()
        .AddSingleton<TestWebhook>()
        .AddSingleton<ListEvents>()
        .AddSingleton<SendEventAgain>()
        .AddSingleton<DismissEvent>();

    private static IServiceCollection AddStaffOffers(this IServiceCollection services) => services
        .AddSingleton<StaffOfferNews>()
        .AddSingleton<MakeStaffOffer>()
        .AddSingleton<CloseStaffOffer>()
        .AddSingleton<ListStaffOffers>()
        .AddSingleton<ApplyForStaffOffer>()
        .AddSingleton<ListStaffApplications>()
        .AddSingleton<ApproveStaffApplication>()
        .AddSingleton<RefuseStaffApplication>()
        .AddSingleton<WithdrawStaffApplication>()
        .AddSingleton<IEndsWithTraveller>(static services => services.GetRequiredService<WithdrawStaffApplication>());

    private static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddSingleton<SubscriptionMessages>()
        .AddSingleton<GetSubscriptionSettings>()
        .AddSingleton<SetSubscriptionSettings>()
        .AddSingleton<GetOrderLink>()
        .AddSingleton<RenewOrderLink>()
        .AddSingleton<RevokeOrderLink>()
        .AddSingleton<OpenOrderForm>()
        .AddSingleton<SendPhoneCode>()
        .AddSingleton<BeginPhoneSession>()
        .AddSingleton<ListSubscriptions>()
        .AddSingleton<OrderSubscription>()
        .AddSingleton<AddSubscription>()
        .AddSingleton<ApproveSubscription>()
        .AddSingleton<RefuseSubscription>()
        .AddSingleton<ChangeSubscriptionProduct>()
        .AddSingleton<EndSubscription>()
        .AddSingleton<IEndsWithTraveller>(static services => services.GetRequiredService<EndSubscription>())
        .AddSingleton<BeginSubscriptionMonths>();

    private static IServiceCollection AddImports(this IServiceCollection services) => services
        .AddSingleton<ImportTravellers>()
        .AddSingleton<GetImport>()
        .AddSingleton<GetImportTemplate>()
        .AddSingleton<ApplyImportRow>()
        .AddSingleton<ConfirmRemoval>()
        .AddSingleton<RemoveMissing>()
        .AddSingleton<ApplyImport>();

    private static IServiceCollection AddCardsAndClients(this IServiceCollection services) => services
        .AddSingleton<MarkPrepaidCard>()
        .AddSingleton<UnmarkPrepaidCard>()
        .AddSingleton<ListClients>()
        .AddSingleton<RegisterClient>()
        .AddSingleton<EndClient>();

    private static IServiceCollection AddProducts(this IServiceCollection services) => services
        .AddSingleton<GetProduct>()
        .AddSingleton<ListProducts>()
        .AddSingleton<SetProduct>()
        .AddSingleton<AddPrice>()
        .AddSingleton<ImportPriceList>()
        .AddSingleton<GetPriceListTemplate>();

    private static IServiceCollection AddTickets(this IServiceCollection services) => services
        .AddSingleton<SendTickets>()
        .AddSingleton<OrderTickets>()
        .AddSingleton<ListTicketOrders>()
        .AddSingleton<ListTickets>()
        .AddSingleton<GetTicket>()
        .AddSingleton<ChangeBearer>()
        .AddSingleton<EndTicket>()
        .AddSingleton<CancelTicket>()
        .AddSingleton<ReportTicketEvents>();
}
