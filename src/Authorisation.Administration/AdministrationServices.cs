using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Staff;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Administration;

/// <summary>The operations of administration, in one list. Each keeps nothing between its runs.</summary>
internal static class AdministrationServices
{
    /// <summary>Adds all operations.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton<ActivationCodes>()
        .AddSingleton<ListCredits>()
        .AddSingleton<GrantCredit>()
        .AddSingleton<ChangeCredit>()
        .AddSingleton<RevokeCredit>()
        .AddSingleton<SendActivationCode>()
        .AddSessions()
        .AddOperators();

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
}
