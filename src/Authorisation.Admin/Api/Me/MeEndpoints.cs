using Authorisation.Admin.Api.Administrators;
using Authorisation.Admin.Web;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;

namespace Authorisation.Admin.Api.Me;

/// <summary>An operator that the caller is staff of.</summary>
/// <param name="Operator">Its code.</param>
/// <param name="OperatorName">Its name.</param>
internal sealed record StaffAt(string Operator, string OperatorName);

/// <summary>An organisation that the caller administers.</summary>
/// <param name="AdministratorId">The administrator that the caller is there.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Organisation">Its name.</param>
/// <param name="Operator">The code of its operator.</param>
/// <param name="OrganisationWide">Whether the caller administers the whole organisation.</param>
/// <param name="Rights">What the caller may do there beside reading.</param>
internal sealed record AdministratorAt(
    Guid AdministratorId, Guid OrganisationId, string Organisation, string Operator, bool OrganisationWide,
    [RightWords] IReadOnlyList<string> Rights);

/// <summary>An organisation whose traveller the caller is.</summary>
/// <param name="TravellerId">The traveller that the caller is there, by which the own data are read.</param>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Organisation">Its name.</param>
/// <param name="Operator">The code of its operator.</param>
/// <param name="OperatorName">The name of its operator.</param>
internal sealed record TravellerAt(
    Guid TravellerId, Guid OrganisationId, string Organisation, string Operator, string OperatorName);

/// <summary>The caller.</summary>
/// <param name="Email">The e-mail address that the caller signs in with.</param>
/// <param name="Name">The caller's name, as it was when the first invitation was accepted.</param>
/// <param name="StaffOf">The operators that the caller is staff of.</param>
/// <param name="AdministratorAt">The organisations that the caller administers.</param>
/// <param name="TravellerAt">The organisations whose traveller the caller is.</param>
/// <param name="TermsToAccept">What is to be accepted before the caller can change anything there.</param>
internal sealed record MeView(
    string Email,
    string? Name,
    IReadOnlyList<StaffAt> StaffOf,
    IReadOnlyList<AdministratorAt> AdministratorAt,
    IReadOnlyList<TravellerAt> TravellerAt,
    IReadOnlyList<TermsToAccept> TermsToAccept)
{
    public static MeView Of(PersonDetails me) => new(
        me.Email,
        me.Name,
        [.. me.StaffOf.Select(one => new StaffAt(one.Operator, one.OperatorName))],
        [.. me.AdministratorAt.Select(one => new AdministratorAt(
            one.AdministratorId, one.OrganisationId, one.Organisation, one.Operator, one.IsOrganisationWide,
            one.RightWords))],
        [.. me.TravellerAt.Select(one => new TravellerAt(
            one.TravellerId, one.OrganisationId, one.Organisation, one.Operator, one.OperatorName))],
        me.TermsToAccept);
}

/// <summary>Who the caller is.</summary>
internal static class MeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/me", GetAsync).WithName("get_me").WithTags("sessions")
            .Answers<MeView>(StatusCodes.Status200OK);

    private static async Task<Reply> GetAsync(Call call, GetMe get) => Reply.Ok(MeView.Of(await get.RunAsync(call.Work)));
}
