using Authorisation.Administration.Access;
using Authorisation.Administration.Administrators;
using Authorisation.Administration.Work;
using Dapper;

namespace Authorisation.Administration.Sessions;

/// <summary>An operator that a person is staff of.</summary>
internal sealed record StaffPlace(string Operator, string OperatorName);

/// <summary>An organisation that a person administers.</summary>
internal sealed record AdministratorPlaceOfPerson
{
    public required Guid AdministratorId { get; init; }

    public required Guid OrganisationId { get; init; }

    public required string Organisation { get; init; }

    public required string Operator { get; init; }

    public required bool IsOrganisationWide { get; init; }

    public required AdministratorRights Rights { get; init; }

    /// <summary>The names of the rights.</summary>
    public IReadOnlyList<string> RightWords => RightNames.Of(Rights);
}

/// <summary>A traveller that a person is.</summary>
internal sealed record TravellerPlace
{
    public required Guid TravellerId { get; init; }

    public required Guid OrganisationId { get; init; }

    public required string Organisation { get; init; }

    public required string Operator { get; init; }

    public required string OperatorName { get; init; }
}

/// <summary>Who the principal is, and where.</summary>
internal sealed record PersonDetails(
    string Email,
    string? Name,
    IReadOnlyList<StaffPlace> StaffOf,
    IReadOnlyList<AdministratorPlaceOfPerson> AdministratorAt,
    IReadOnlyList<TravellerPlace> TravellerAt,
    IReadOnlyList<TermsToAccept> TermsToAccept);

/// <summary>Shows the principal what the person is: staff, administrator, traveller, and where.</summary>
internal sealed class GetMe
{
    public async Task<PersonDetails> RunAsync(UnitOfWork work)
    {
        var me = work.Principal;
        await using var results = await work.Db.QueryMultipleAsync(
            """
            select name from control.person where id = @PersonId;
            select code as operator, name as operator_name from operator where id = any(@staffOf) order by id;
            select a.id as administrator_id, g.id as organisation_id, g.name as organisation, o.code as operator,
                   a.is_organisation_wide, a.rights
            from control.administrator a join organisation g on g.id = a.organisation_id join operator o on o.id = g.operator_id
            where a.id = any(@administrators) order by g.id;
            select t.id as traveller_id, g.id as organisation_id, g.name as organisation, o.code as operator,
                   o.name as operator_name
            from traveller t join organisation g on g.id = t.organisation_id join operator o on o.id = g.operator_id
            where t.id = any(@travellers) order by g.id;
            select operator_id, id from organisation where id = any(@organisations) order by id
            """,
            new
            {
                me.PersonId,
                staffOf = me.StaffOf.ToArray(),
                administrators = me.Memberships.Values.Select(one => one.AdministratorId).ToArray(),
                travellers = me.Travellers.Values.ToArray(),
                organisations = me.Memberships.Keys.Union(me.Travellers.Keys).ToArray(),
            });
        var name = await results.ReadSingleAsync<string>();
        return new PersonDetails(
            me.Email,
            name.Length == 0 ? null : name,
            [.. await results.ReadAsync<StaffPlace>()],
            [.. await results.ReadAsync<AdministratorPlaceOfPerson>()],
            [.. await results.ReadAsync<TravellerPlace>()],
            await TermsAsync(work, [.. await results.ReadAsync<(int OperatorId, Guid OrganisationId)>()]));
    }

    private static async Task<IReadOnlyList<TermsToAccept>> TermsAsync(
        UnitOfWork work, IReadOnlyList<(int OperatorId, Guid OrganisationId)> places)
    {
        var missing = new List<TermsToAccept>();
        foreach (var (operatorId, organisationId) in places)
        {
            missing.AddRange(await MissingTerms.OfAsync(
                work.Db, operatorId, organisationId, work.Principal.At(operatorId, organisationId)));
        }

        return missing;
    }
}
