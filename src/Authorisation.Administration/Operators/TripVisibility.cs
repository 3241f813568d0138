namespace Authorisation.Administration.Operators;

/// <summary>
/// What an employer sees of a trip beside product, amount, purpose and day: its line, stop, zone, vehicle and time of
/// day. Stored; the numbers never change.
/// </summary>
internal enum TripVisibility
{
    /// <summary>Nothing of it.</summary>
    Hidden = 1,

    /// <summary>All of it, where the traveller consents.</summary>
    WithConsent = 2,

    /// <summary>All of it.</summary>
    Shown = 3,
}
