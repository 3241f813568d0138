using Authorisation.Core;

namespace Authorisation.Administration.Trips;

/// <summary>
/// A moment as its reader may see it: the day always, by the operator's clocks; the time of day only where that is
/// shown.
/// </summary>
/// <param name="Day">The operator's day.</param>
/// <param name="At">The instant; null where the time of day is not the reader's to see.</param>
internal readonly record struct ShownMoment(DateOnly Day, DateTimeOffset? At);

/// <summary>What the reader may see of when and where something was bought.</summary>
/// <param name="Decided">When it was decided, by the ledger's clock.</param>
/// <param name="Occurred">When it happened, by the device's clock; null when that is not known.</param>
/// <param name="Trip">Where it was bought; null where that is not known, or not the reader's to see.</param>
internal sealed record ShownTrip(ShownMoment Decided, ShownMoment? Occurred, Trip? Trip);
