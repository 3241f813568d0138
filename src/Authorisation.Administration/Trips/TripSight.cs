using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Trips;

/// <summary>
/// What a reader may see of trips: staff and the traveller all of it; an employer line, stop, zone, vehicle and time of
/// day as the operator has set it. Whatever of a purchase leaves the control plane goes through here, and what was not
/// given to it by here has no time of day.
/// </summary>
internal sealed class TripSight
{
    private readonly AccessScope _scope;
    private readonly TripVisibility _visibility;
    private readonly IReadOnlySet<Guid> _consenting;
    private readonly TimeZoneInfo _zone;

    private TripSight(AccessScope scope, TripVisibility visibility, IReadOnlySet<Guid> consenting, TimeZoneInfo zone) =>
        (_scope, _visibility, _consenting, _zone) = (scope, visibility, consenting, zone);

    /// <summary>As an employer, for every caller: for documents that are sent to one.</summary>
    public static AccessScope Employer => default;

    /// <summary>What a reader may see now; a consent that is taken back no longer counts.</summary>
    /// <param name="db">The connection.</param>
    /// <param name="operatorId">The operator.</param>
    /// <param name="scope">What the reader may reach at the organisation that pays.</param>
    /// <param name="travellers">The travellers whose trips are shown.</param>
    public static async Task<TripSight> ReadAsync(
        NpgsqlConnection db, int operatorId, AccessScope scope, IEnumerable<Guid?> travellers)
    {
        var (visibility, zone) = await db.QuerySingleAsync<(short, string)>(
            "select trip_visibility, time_zone from operator where id = @operatorId", new { operatorId });
        var setting = (TripVisibility)visibility;
        var consenting = scope.IsStaff || setting != TripVisibility.WithConsent
            ? []
            : await db.QueryAsync<Guid>(
                """
                select traveller_id from control.traveller_choice
                where traveller_id = any(@ids) and trip_consent_at is not null
                """,
                new { ids = travellers.OfType<Guid>().Distinct().ToArray() });
        return new TripSight(scope, setting, consenting.ToHashSet(), TimeZoneInfo.FindSystemTimeZoneById(zone));
    }

    /// <summary>Whether the reader sees where and at what time of day a traveller bought.</summary>
    public bool Shows(Guid? travellerId) => _scope.IsStaff || _scope.Is(travellerId) || _visibility switch
    {
        TripVisibility.Shown => true,
        TripVisibility.WithConsent => travellerId is { } id && _consenting.Contains(id),
        _ => false,
    };

    /// <summary>A moment of a traveller's trip.</summary>
    public ShownMoment MomentOf(Guid? travellerId, DateTimeOffset at) =>
        new(LocalDay.Of(at, _zone), Shows(travellerId) ? at : null);

    /// <summary>When and where a traveller bought.</summary>
    public ShownTrip Of(Guid? travellerId, DateTimeOffset decidedAt, Purchase purchase) => new(
        MomentOf(travellerId, decidedAt),
        purchase.OccurredAt is { } occurred ? MomentOf(travellerId, occurred) : null,
        Shows(travellerId) ? purchase.Trip : null);

    /// <summary>The same moment without its time of day, where that is hidden: the operator's midnight before it.</summary>
    public DateTimeOffset? DayOnly(Guid? travellerId, DateTimeOffset? at)
    {
        if (at is not { } moment || Shows(travellerId))
        {
            return at;
        }

        var midnight = TimeZoneInfo.ConvertTime(moment, _zone).Date;
        return new DateTimeOffset(midnight, _zone.GetUtcOffset(midnight));
    }
}
