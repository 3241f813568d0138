using Authorisation.Administration.Credits;
using Authorisation.Administration.Imports;
using Authorisation.Administration.Travellers;
using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Administration;

/// <summary>The operations of administration, in one list. Each keeps nothing between its runs.</summary>
internal static class AdministrationServices
{
    /// <summary>Adds all operations.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddTravellers()
        .AddCredits()
        .AddImports();

    private static IServiceCollection AddTravellers(this IServiceCollection services) => services
        .AddSingleton<ListTravellers>()
        .AddSingleton<AddTraveller>()
        .AddSingleton<ChangeTraveller>()
        .AddSingleton<RemoveTraveller>();

    private static IServiceCollection AddCredits(this IServiceCollection services) => services
        .AddSingleton<ActivationCodes>()
        .AddSingleton<ListCredits>()
        .AddSingleton<GrantCredit>()
        .AddSingleton<ChangeCredit>()
        .AddSingleton<RevokeCredit>()
        .AddSingleton<SendActivationCode>();

    private static IServiceCollection AddImports(this IServiceCollection services) => services
        .AddSingleton<ImportTravellers>()
        .AddSingleton<GetImport>()
        .AddSingleton<GetImportTemplate>()
        .AddSingleton<ApplyImportRow>()
        .AddSingleton<ApplyImport>();
}
