using Authorisation.Administration.Credits;
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
        .AddSingleton<SendActivationCode>();
}
